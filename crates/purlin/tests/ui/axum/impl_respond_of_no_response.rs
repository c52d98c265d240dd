use axum::routing::get;
use axum::Router;
use axum::response::IntoResponse;

struct Loans;

#[axum::debug_handler]
async fn index() -> impl IntoResponse {
    Loans
}

fn main() {
    let _ = Router::<()>::new().route("/loans", get(index));
}
