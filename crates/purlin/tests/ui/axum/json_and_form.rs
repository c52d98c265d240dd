use axum::routing::post;
use axum::{Form, Json, Router};

#[derive(serde::Deserialize)]
struct NewBook {
    title: String,
}

#[axum::debug_handler]
async fn create(body: Json<NewBook>, form: Form<NewBook>) -> String {
    format!("{} {}", body.title, form.title)
}

fn main() {
    let _ = Router::<()>::new().route("/books", post(create));
}
