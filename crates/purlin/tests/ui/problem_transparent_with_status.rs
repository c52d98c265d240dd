//! A variant that leaves its status to what it wraps, and has one.
//!
//! error: a transparent problem has no status and no code of its own
//! at: transparent
//! help: leave out `transparent`, or everything beside it

use purlin::{Problem, post};

#[derive(Debug, thiserror::Error, Problem)]
enum LendError {
    #[error("the book could not be read")]
    #[problem(transparent, status = 500)]
    Read(#[from] std::io::Error),
}

#[post("/loans")]
async fn lend() -> Result<String, LendError> {
    Ok(std::fs::read_to_string("loans")?)
}

fn main() {
    let _ = purlin::routes![lend];
}
