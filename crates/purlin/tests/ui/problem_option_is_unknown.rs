//! An option that no problem has.
//!
//! error: a problem has no option `message`
//! at: message
//! help: the options are `status`, `code` and `transparent`

use purlin::{Problem, post};

#[derive(Debug, thiserror::Error, Problem)]
#[error("the book is on loan")]
#[problem(status = 409, message = "on loan")]
struct OnLoan;

#[post("/loans")]
async fn lend() -> Result<String, OnLoan> {
    Err(OnLoan)
}

fn main() {
    let _ = purlin::routes![lend];
}
