//! A JSON body and a form in one handler.
//!
//! error: `form` reads the request body, and so does `body` before it
//! at: Form<NewBook>
//! help: take one body

use purlin::{Form, Json, post};

#[derive(serde::Deserialize, schemars::JsonSchema, garde::Validate)]
struct NewBook {
    #[garde(length(min = 1))]
    title: String,
}

#[post("/books")]
async fn create(body: Json<NewBook>, form: Form<NewBook>) -> String {
    format!("{} {}", body.title, form.title)
}

fn main() {
    let _ = purlin::routes![create];
}
