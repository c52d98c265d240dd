//! A method of a controller without `&self`.
//!
//! error: a controller's handler takes `&self` first
//! at: index
//! help: write `async fn index(&self

use purlin::controller;

struct Books;

#[controller("/books")]
impl Books {
    #[get("/")]
    async fn index() -> &'static str {
        "all books"
    }
}

fn main() {
    let _ = <Books as purlin::Controller>::routes();
}
