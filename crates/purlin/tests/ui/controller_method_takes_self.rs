//! A method of a controller that takes it away.
//!
//! error: a controller is shared by all requests
//! at: self
//! help: write `&self`

use purlin::controller;

struct Books;

#[controller("/books")]
impl Books {
    #[get("/")]
    async fn index(self) -> &'static str {
        "all books"
    }
}

fn main() {
    let _ = <Books as purlin::Controller>::routes();
}
