//! A field of a derived extractor that is JSON without rules.
//!
//! error: `NewBook` cannot be an input
//! at: Json<NewBook>
//! help: derive `Deserialize`, `JsonSchema` and `Validate` on `NewBook`

use purlin::{Extract, Json, post};

#[derive(serde::Deserialize)]
struct NewBook {
    title: String,
}

#[derive(Extract)]
struct Input {
    body: Json<NewBook>,
}

#[post("/books")]
async fn create(input: Input) -> String {
    input.body.0.title
}

fn main() {
    let _ = purlin::routes![create];
}
