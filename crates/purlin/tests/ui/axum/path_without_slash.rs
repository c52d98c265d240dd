use axum::routing::get;
use axum::Router;

#[axum::debug_handler]
async fn index() -> &'static str {
    "all books"
}

fn main() {
    let _ = Router::<()>::new().route("books", get(index));
}
