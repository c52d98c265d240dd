//! A provider that asks for something of a request.
//!
//! error: cannot provide a service
//! at: loans
//! help: `Inject<T>`

use purlin::{App, ClientAddress, Result};

struct Loans(String);

async fn loans(client: ClientAddress) -> Result<Loans> {
    Ok(Loans(format!("{client:?}")))
}

fn main() {
    let _ = App::new("books").provide_with(loans);
}
