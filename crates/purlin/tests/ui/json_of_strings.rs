//! A JSON body of a foreign type, which has no rules.
//!
//! error: `Vec<String>` has no rules, so it cannot be an input
//! at: Json
//! help: Unchecked<

use purlin::{Json, post};

#[post("/tags")]
async fn create(tags: Json<Vec<String>>) -> String {
    tags.0.join(", ")
}

fn main() {
    let _ = purlin::routes![create];
}
