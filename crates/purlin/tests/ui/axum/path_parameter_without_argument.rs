use axum::routing::get;
use axum::Router;

#[axum::debug_handler]
async fn show() -> &'static str {
    "a book"
}

fn main() {
    let _ = Router::<()>::new().route("/books/{id}", get(show));
}
