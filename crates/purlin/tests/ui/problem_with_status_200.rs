//! A problem with a status that is none of an error.
//!
//! error: 200 is no status of a problem
//! at: 200
//! help: from 400 to 599

use purlin::{Problem, post};

#[derive(Debug, thiserror::Error, Problem)]
enum LendError {
    #[error("the book is on loan")]
    #[problem(status = 200)]
    OnLoan,
}

#[post("/loans")]
async fn lend() -> Result<String, LendError> {
    Err(LendError::OnLoan)
}

fn main() {
    let _ = purlin::routes![lend];
}
