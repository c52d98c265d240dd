use axum::routing::get;
use axum::Router;
use std::rc::Rc;

async fn wait() {}

#[axum::debug_handler]
async fn index() -> String {
    let name = Rc::new(String::from("Ada"));
    wait().await;
    name.to_string()
}

fn main() {
    let _ = Router::<()>::new().route("/loans", get(index));
}
