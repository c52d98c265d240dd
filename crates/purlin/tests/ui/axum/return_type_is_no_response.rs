use axum::routing::get;
use axum::Router;

struct Loans;

#[axum::debug_handler]
async fn index() -> Loans {
    Loans
}

fn main() {
    let _ = Router::<()>::new().route("/loans", get(index));
}
