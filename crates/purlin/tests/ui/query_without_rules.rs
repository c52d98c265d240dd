//! A query without rules.
//!
//! error: `NewBook` cannot be an input
//! at: Query<NewBook>
//! help: derive `Deserialize`, `JsonSchema` and `Validate` on `NewBook`

use purlin::{Query, get};

#[derive(serde::Deserialize, schemars::JsonSchema)]
struct NewBook {
    title: String,
}

#[get("/books")]
async fn create(input: Query<NewBook>) -> String {
    input.0.title
}

fn main() {
    let _ = purlin::routes![create];
}
