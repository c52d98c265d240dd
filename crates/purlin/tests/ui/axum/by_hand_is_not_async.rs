use axum::routing::get;
use axum::Router;

#[axum::debug_handler]
fn index() -> String {
    String::new()
}

fn main() {
    let _ = Router::<()>::new().route("/", get(index));
}
