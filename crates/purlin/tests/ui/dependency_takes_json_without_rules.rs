//! A dependency that reads a body without rules.
//!
//! error: `NewBook` cannot be an input
//! at: Json<NewBook>
//! help: derive `Deserialize`, `JsonSchema` and `Validate` on `NewBook`

use purlin::{Inject, Json, Result, Scoped, dependency, post};

#[derive(serde::Deserialize)]
struct NewBook {
    title: String,
}

#[dependency]
async fn book(prefix: Inject<String>, body: Json<NewBook>) -> Result<String> {
    Ok(prefix.to_string() + &body.0.title)
}

#[post("/books")]
async fn create(book: Scoped<book>) -> String {
    book.to_string()
}

fn main() {
    let _ = purlin::routes![create];
}
