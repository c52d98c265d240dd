use axum::routing::post;
use axum::{Form, Json, Router};

#[derive(serde::Deserialize)]
struct NewBook {
    title: String,
}

#[axum::debug_handler]
async fn create(first: String, second: Json<NewBook>, third: Form<NewBook>) -> String {
    first + &second.title + &third.title
}

fn main() {
    let _ = Router::<()>::new().route("/books", post(create));
}
