//! A method of a controller that returns no response.
//!
//! error: `Loans` is not a response
//! at: Loans
//! help: return `Json<…>` around its type

use purlin::controller;

struct Books;

struct Loans;

#[controller("/books")]
impl Books {
    #[get("/")]
    async fn index(&self) -> Loans {
        Loans
    }
}

fn main() {
    let _ = <Books as purlin::Controller>::routes();
}
