use axum::routing::get;
use axum::Router;

#[axum::debug_handler]
fn index() -> impl Future<Output = u8> {
    async { 7 }
}

fn main() {
    let _ = Router::<()>::new().route("/loans", get(index));
}
