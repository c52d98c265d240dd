//! Two fields of a derived extractor that read the body.
//!
//! error: `form` reads the request body, and so does `body` before it
//! at: Form<NewBook>
//! help: take one body

use purlin::{Extract, Form, Json, post};

#[derive(serde::Deserialize, schemars::JsonSchema, garde::Validate)]
struct NewBook {
    #[garde(length(min = 1))]
    title: String,
}

#[derive(Extract)]
struct Both {
    body: Json<NewBook>,
    form: Form<NewBook>,
}

#[post("/books")]
async fn create(both: Both) -> String {
    both.body.0.title + &both.form.0.title
}

fn main() {
    let _ = purlin::routes![create];
}
