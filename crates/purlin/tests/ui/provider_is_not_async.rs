//! A provider that is a plain function.
//!
//! error: cannot provide a service
//! at: loans
//! help: is an async function

use purlin::App;

struct Loans;

fn loans() -> Loans {
    Loans
}

fn main() {
    let _ = App::new("books").provide_with(loans);
}
