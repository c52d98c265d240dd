use axum::Router;
use axum::middleware::from_extractor;
use axum::routing::get;

struct Admin;

#[axum::debug_handler]
async fn index() -> &'static str {
    "all books"
}

fn main() {
    let _ = Router::<()>::new().route("/books", get(index)).layer(from_extractor::<Admin>());
}
