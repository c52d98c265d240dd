//! A provider that returns the service itself.
//!
//! error: cannot provide a service
//! at: loans
//! help: returns `purlin::Result<T>`

use purlin::App;

struct Loans;

async fn loans() -> Loans {
    Loans
}

fn main() {
    let _ = App::new("books").provide_with(loans);
}
