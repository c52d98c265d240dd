use axum::routing::get;
use axum::Router;
use axum::extract::Path;

#[axum::debug_handler]
async fn hello(Path(name): Path<&str>) -> String {
    format!("Hello, {name}!")
}

fn main() {
    let _ = Router::<()>::new().route("/hello/{name}", get(hello));
}
