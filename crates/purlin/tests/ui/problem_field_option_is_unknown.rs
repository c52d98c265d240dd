//! An option that no field of a problem has.
//!
//! error: a field of a problem has one option
//! at: #[problem(members)]
//! help: write `#[problem(member)]`

use purlin::{Problem, post};

#[derive(Debug, thiserror::Error, Problem)]
#[error("the book is on loan")]
#[problem(status = 409)]
struct OnLoan {
    #[problem(members)]
    until: u64,
}

#[post("/loans")]
async fn lend() -> Result<String, OnLoan> {
    Err(OnLoan { until: 7 })
}

fn main() {
    let _ = purlin::routes![lend];
}
