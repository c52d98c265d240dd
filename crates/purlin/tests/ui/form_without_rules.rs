//! A form without rules, and may be absent.
//!
//! error: `NewBook` cannot be an input
//! at: Option<Form<NewBook>>
//! help: derive `Deserialize`, `JsonSchema` and `Validate` on `NewBook`

use purlin::{Form, post};

#[derive(serde::Deserialize, schemars::JsonSchema)]
struct NewBook {
    title: String,
}

#[post("/books")]
async fn create(input: Option<Form<NewBook>>) -> String {
    input.map(|form| form.0.title).unwrap_or_default()
}

fn main() {
    let _ = purlin::routes![create];
}
