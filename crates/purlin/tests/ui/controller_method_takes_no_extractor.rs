//! A method of a controller with an argument that is no extractor.
//!
//! error: `Loans` cannot be taken from a request
//! at: Loans
//! help: `Inject<Loans>`

use purlin::controller;

struct Books;

struct Loans;

#[controller("/books")]
impl Books {
    #[get("/")]
    async fn index(&self, loans: Loans) -> &'static str {
        let Loans = loans;
        "all books"
    }
}

fn main() {
    let _ = <Books as purlin::Controller>::routes();
}
