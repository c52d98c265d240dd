//! A path parameter that no argument can be named like.
//!
//! error: `{book-id}` cannot be the name of an argument: use letters, digits and `_`
//! at: "/books/{book-id}"

use purlin::get;

#[get("/books/{book-id}")]
async fn show(book_id: u64) -> String {
    format!("book {book_id}")
}

fn main() {
    let _ = purlin::routes![show];
}
