//! A function in an `impl` block as a handler, outside of a controller.
//!
//! error: a handler in an `impl` block
//! at: #[get("/books")]
//! help: put `#[controller("/path")]`

use purlin::get;

struct Books;

impl Books {
    #[get("/books")]
    async fn index() -> &'static str {
        "all books"
    }
}

fn main() {
    let _ = Books::index();
}
