use axum::routing::get;
use axum::Router;

#[axum::debug_handler]
async fn teapot() -> (u16, String) {
    (418, String::new())
}

fn main() {
    let _ = Router::<()>::new().route("/teapot", get(teapot));
}
