//! A checked body of a type without asynchronous rules.
//!
//! error: `NewBook` has no asynchronous rules
//! at: Checked<Json<NewBook>>
//! help: implement `Rules` for `NewBook`

use purlin::{Checked, Json, post};

#[derive(serde::Deserialize, schemars::JsonSchema, garde::Validate)]
struct NewBook {
    #[garde(length(min = 1))]
    title: String,
}

#[post("/books")]
async fn create(body: Checked<Json<NewBook>>) -> String {
    body.0.0.title
}

fn main() {
    let _ = purlin::routes![create];
}
