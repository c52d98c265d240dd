//! A factory that is an async function.
//!
//! error: cannot make a service
//! at: loans
//! help: is a plain function

use purlin::{App, ClientAddress};

struct Loans;

fn loans(client: ClientAddress) -> Loans {
    let _ = client;
    Loans
}

fn main() {
    let _ = App::new("books").provide_each(loans);
}
