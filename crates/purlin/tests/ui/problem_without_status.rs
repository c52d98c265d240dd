//! A variant of a problem without a status.
//!
//! error: `OnLoan` has no status
//! at: OnLoan
//! help: add `#[problem(status = 409)]`

use purlin::{Problem, post};

#[derive(Debug, thiserror::Error, Problem)]
enum LendError {
    #[error("the book is on loan")]
    OnLoan,
}

#[post("/loans")]
async fn lend() -> Result<String, LendError> {
    Err(LendError::OnLoan)
}

fn main() {
    let _ = purlin::routes![lend];
}
