use axum::routing::post;
use axum::{Json, Router};

struct NewBook {
    title: String,
}

#[axum::debug_handler]
async fn create(input: Json<NewBook>) -> String {
    input.0.title
}

fn main() {
    let _ = Router::<()>::new().route("/books", post(create));
}
