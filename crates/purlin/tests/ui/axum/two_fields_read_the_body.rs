use axum::extract::FromRequest;
use axum::routing::post;
use axum::{Form, Json, Router};

#[derive(serde::Deserialize)]
struct NewBook {
    title: String,
}

#[derive(FromRequest)]
struct Both {
    body: Json<NewBook>,
    form: Form<NewBook>,
}

#[axum::debug_handler]
async fn create(both: Both) -> String {
    both.body.0.title + &both.form.0.title
}

fn main() {
    let _ = Router::<()>::new().route("/books", post(create));
}
