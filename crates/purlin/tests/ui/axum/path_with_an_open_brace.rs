use axum::routing::get;
use axum::Router;
use axum::extract::Path;

#[axum::debug_handler]
async fn show(Path(id): Path<u64>) -> String {
    format!("book {id}")
}

fn main() {
    let _ = Router::<()>::new().route("/books/{id", get(show));
}
