//! The address of a route whose name is misspelt.
//!
//! error: `shwo`
//! at: shwo
//! help: with a similar name

use purlin::{Created, get, post};

#[get("/books/{id}")]
async fn show(id: u64) -> String {
    format!("book {id}")
}

#[post("/books")]
async fn create() -> Created<&'static str> {
    Created::at(shwo::url(7), "created")
}

fn main() {
    let _ = purlin::routes![show, create];
}
