//! A JSON body of a type without a derive.
//!
//! error: `NewBook` cannot be an input
//! at: Json<NewBook>
//! help: derive `Deserialize`, `JsonSchema` and `Validate` on `NewBook`

use purlin::{Json, post};

struct NewBook {
    title: String,
}

#[post("/books")]
async fn create(input: Json<NewBook>) -> String {
    input.0.title
}

fn main() {
    let _ = purlin::routes![create];
}
