//! A member of a problem whose type does not exist.
//!
//! error: cannot find type `Dat`
//! at: Dat
//! help: not found in this scope

use purlin::{Problem, post};

#[derive(Debug, thiserror::Error, Problem)]
#[error("the book is on loan")]
#[problem(status = 409)]
struct OnLoan {
    #[problem(member)]
    until: Dat,
}

#[post("/loans")]
async fn lend() -> Result<String, OnLoan> {
    Ok(String::new())
}

fn main() {
    let _ = purlin::routes![lend];
}
