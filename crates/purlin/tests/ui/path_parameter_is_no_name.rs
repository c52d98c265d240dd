//! A path parameter that no argument can be named like.
//!
//! error: `{book-id}` cannot be the name of an argument
//! at: "/books/{book-id}"
//! help: write `{book_id}`

use purlin::get;

#[get("/books/{book-id}")]
async fn show(book_id: u64) -> String {
    format!("book {book_id}")
}

fn main() {
    let _ = purlin::routes![show];
}
