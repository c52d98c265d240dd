//! Two arguments that read the body.
//!
//! error: `second` reads the request body, and so does `first` before it
//! at: Json<NewBook>
//! help: take one body

use purlin::{Json, post};

#[derive(serde::Deserialize, schemars::JsonSchema, garde::Validate)]
struct NewBook {
    #[garde(length(min = 1))]
    title: String,
}

#[post("/books")]
async fn create(first: Json<NewBook>, second: Json<NewBook>) -> String {
    format!("{} {}", first.title, second.title)
}

fn main() {
    let _ = purlin::routes![create];
}
