//! A problem that is no error.
//!
//! error: the trait bound `OnLoan: std::error::Error` is not satisfied
//! at: OnLoan
//! help: 

use purlin::{Problem, post};

#[derive(Problem)]
#[problem(status = 409)]
struct OnLoan;

#[post("/loans")]
async fn lend() -> Result<String, OnLoan> {
    Err(OnLoan)
}

fn main() {
    let _ = purlin::routes![lend];
}
