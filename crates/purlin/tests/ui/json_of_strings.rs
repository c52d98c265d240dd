//! A JSON body of a foreign type, which has no rules.
//!
//! error: `Vec<String>` cannot be an input
//! at: Json<Vec<String>>
//! help: `Unchecked<Vec<String>>`

use purlin::{Json, post};

#[post("/tags")]
async fn create(tags: Json<Vec<String>>) -> String {
    tags.0.join(", ")
}

fn main() {
    let _ = purlin::routes![create];
}
