//! Three arguments that read the body, of which two are too many.
//!
//! error: `second` reads the request body, and so does `first` before it
//! at: Json<NewBook>
//! help: take one body

use purlin::{Json, Text, post};

#[derive(serde::Deserialize, schemars::JsonSchema, garde::Validate)]
struct NewBook {
    #[garde(length(min = 1))]
    title: String,
}

#[post("/books")]
async fn create(first: Text, second: Json<NewBook>) -> String {
    first.0 + &second.title
}

fn main() {
    let _ = purlin::routes![create];
}
