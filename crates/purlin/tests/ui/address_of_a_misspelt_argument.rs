//! The address of a route whose argument is not named as its parameter adds no error.
//!
//! error: `BookId` cannot be taken from a request
//! at: BookId
//! help: a path parameter is an argument of the name it has in the path

use purlin::{Created, get, post};

#[derive(serde::Deserialize, serde::Serialize, schemars::JsonSchema)]
struct BookId(u64);

#[get("/books/{id}")]
async fn show(book: BookId) -> String {
    format!("book {}", book.0)
}

#[post("/books")]
async fn create() -> Created<&'static str> {
    Created::at(show::url(BookId(7)), "created")
}

fn main() {
    let _ = purlin::routes![show, create];
}
