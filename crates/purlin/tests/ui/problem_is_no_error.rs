//! A problem that is no error.
//!
//! error: `OnLoan` is no error
//! at: OnLoan
//! help: derive `Debug` and `thiserror::Error`

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
