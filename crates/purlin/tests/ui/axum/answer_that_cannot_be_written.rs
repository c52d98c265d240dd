use axum::routing::get;
use axum::{Json, Router};

struct Loan;

#[axum::debug_handler]
async fn show() -> Json<Loan> {
    Json(Loan)
}

fn main() {
    let _ = Router::<()>::new().route("/loan", get(show));
}
