use axum::routing::post;
use axum::{Json, Router};

#[derive(serde::Deserialize)]
struct NewBook {
    title: String,
}

#[axum::debug_handler]
async fn create(first: Json<NewBook>, second: Json<NewBook>) -> String {
    format!("{} {}", first.title, second.title)
}

fn main() {
    let _ = Router::<()>::new().route("/books", post(create));
}
