//! An error of one's own that says no status.
//!
//! error: `LendError` does not say which status it is
//! at: Result<Json<Loan>, LendError>
//! help: derive `Problem` on `LendError`

use purlin::{Json, post};

#[derive(serde::Serialize, schemars::JsonSchema)]
struct Loan;

#[derive(Debug, thiserror::Error)]
#[error("the book is on loan")]
struct LendError;

#[post("/loans")]
async fn lend() -> Result<Json<Loan>, LendError> {
    Err(LendError)
}

fn main() {
    let _ = purlin::routes![lend];
}
