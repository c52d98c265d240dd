use axum::routing::get;
use axum::Router;
use axum::extract::Path;

#[axum::debug_handler]
async fn show<T: ToString>(Path(id): Path<T>) -> String {
    id.to_string()
}

fn main() {
    let _ = Router::<()>::new().route("/books/{id}", get(show));
}
