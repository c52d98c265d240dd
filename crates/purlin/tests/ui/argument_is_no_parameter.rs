//! An argument that is named like no parameter of the path.
//!
//! error: `book` is not a parameter of `/books/{id}`
//! at: book
//! help: name the argument `id`

use purlin::get;

#[get("/books/{id}")]
async fn show(book: u64) -> String {
    format!("book {book}")
}

fn main() {
    let _ = purlin::routes![show];
}
