//! An operation id that is no text.
//!
//! error: `books` is no text in quotes
//! at: books
//! help: write `id = "books.list"`

use purlin::get;

#[get("/books", id = books)]
async fn index() -> &'static str {
    "all books"
}

fn main() {
    let _ = purlin::routes![index];
}
