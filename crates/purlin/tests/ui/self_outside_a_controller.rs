//! A method as a handler, outside of a controller.
//!
//! error: a handler takes `self` in a controller only
//! at: &self
//! help: put `#[controller("/path")]`

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
