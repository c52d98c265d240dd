//! An address made of a value of another type.
//!
//! error: Borrow<BookId>
//! at: 7
//! help: 

use purlin::{App, get};

#[derive(serde::Deserialize, serde::Serialize, schemars::JsonSchema)]
struct BookId(u64);

#[get("/books/{id}")]
async fn show(id: BookId) -> String {
    format!("book {}", id.0)
}

fn main() {
    let _ = App::new("books").routes(purlin::routes![show]);
    let _ = show::url(7);
}
