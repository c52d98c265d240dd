//! A method of a controller that changes it.
//!
//! error: a controller is shared by all requests
//! at: &mut self
//! help: write `&self`

use purlin::controller;

struct Books;

#[controller("/books")]
impl Books {
    #[get("/")]
    async fn index(&mut self) -> &'static str {
        "all books"
    }
}

fn main() {
    let _ = <Books as purlin::Controller>::routes();
}
