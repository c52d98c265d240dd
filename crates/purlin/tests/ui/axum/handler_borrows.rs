use axum::routing::get;
use axum::Router;
use axum::extract::Path;

#[axum::debug_handler]
async fn hello<'a>(Path(name): Path<&'a str>) -> String {
    format!("Hello, {name}!")
}

fn main() {
    let _ = Router::<()>::new().route("/hello/{name}", get(hello));
}
