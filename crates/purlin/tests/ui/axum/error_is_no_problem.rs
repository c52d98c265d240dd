use axum::routing::post;
use axum::{Json, Router};

#[derive(serde::Serialize)]
struct Loan;

#[derive(Debug)]
struct LendError;

#[axum::debug_handler]
async fn lend() -> Result<Json<Loan>, LendError> {
    Err(LendError)
}

fn main() {
    let _ = Router::<()>::new().route("/loans", post(lend));
}
