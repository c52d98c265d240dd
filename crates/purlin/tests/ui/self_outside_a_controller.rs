//! A method as a handler, outside of a controller.
//!
//! error: a handler with `self` stands in an `impl` block with `#[controller("/path")]`
//! at: &self

use purlin::get;

struct Books;

impl Books {
    #[get("/books")]
    async fn index(&self) -> &'static str {
        "all books"
    }
}

fn main() {
    let _ = Books.index();
}
