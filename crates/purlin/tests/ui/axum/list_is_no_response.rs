use axum::routing::get;
use axum::Router;

#[derive(serde::Serialize)]
struct Loan;

#[axum::debug_handler]
async fn index() -> Vec<Loan> {
    vec![Loan]
}

fn main() {
    let _ = Router::<()>::new().route("/loans", get(index));
}
