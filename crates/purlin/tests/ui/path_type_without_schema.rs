//! A path parameter without a schema.
//!
//! error: `BookId` cannot be a path parameter
//! at: BookId
//! help: derive `Serialize`, `Deserialize` and `JsonSchema` on `BookId`

use purlin::get;

#[derive(serde::Deserialize, serde::Serialize)]
struct BookId(u64);

#[get("/books/{id}")]
async fn show(id: BookId) -> String {
    format!("book {}", id.0)
}

fn main() {
    let _ = purlin::routes![show];
}
