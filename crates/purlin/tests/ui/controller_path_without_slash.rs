//! A controller whose path begins without a slash.
//!
//! error: a path begins with `/`
//! at: "books"
//! help: write `"/books"`

use purlin::controller;

struct Books;

#[controller("books")]
impl Books {
    #[get("/")]
    async fn index(&self) -> &'static str {
        "all books"
    }
}

fn main() {
    let _ = <Books as purlin::Controller>::routes();
}
