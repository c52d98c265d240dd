//! A status of a problem that does not say that it is one.
//!
//! error: the options of a problem are a status and a code
//! at: 409
//! help: write `#[problem(status = 409, code = "on_loan")]`

use purlin::{Problem, post};

#[derive(Debug, thiserror::Error, Problem)]
#[error("the book is on loan")]
#[problem(409)]
struct OnLoan;

#[post("/loans")]
async fn lend() -> Result<String, OnLoan> {
    Err(OnLoan)
}

fn main() {
    let _ = purlin::routes![lend];
}
