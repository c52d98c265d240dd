//! A JSON body that cannot be read.
//!
//! error: `NewBook` cannot be an input
//! at: Json<NewBook>
//! help: derive `Deserialize`, `JsonSchema` and `Validate` on `NewBook`

use purlin::{Json, post};

#[derive(schemars::JsonSchema, garde::Validate)]
struct NewBook {
    #[garde(length(min = 1))]
    title: String,
}

#[post("/books")]
async fn create(input: Json<NewBook>) -> String {
    input.0.title
}

fn main() {
    let _ = purlin::routes![create];
}
