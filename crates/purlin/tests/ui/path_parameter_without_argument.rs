//! A path parameter that nobody takes.
//!
//! error: no argument takes the path parameter `{id}`
//! at: "/books/{id}"
//! help: add `id: …` to `show`, or `_id: …` to ignore its value

use purlin::get;

#[get("/books/{id}")]
async fn show() -> &'static str {
    "a book"
}

fn main() {
    let _ = purlin::routes![show];
}
