//! A member of a problem that cannot be documented.
//!
//! error: `Date` cannot be a member of a problem
//! at: Date
//! help: derive `Serialize`, which writes it, and `JsonSchema`, which documents it, on `Date`

use purlin::{Problem, post};

#[derive(serde::Serialize)]
struct Date;

#[derive(thiserror::Error, Problem)]
#[error("the book is on loan")]
#[problem(status = 409)]
struct OnLoan {
    #[problem(member)]
    until: Date,
}

impl std::fmt::Debug for OnLoan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OnLoan")
    }
}

#[post("/loans")]
async fn lend() -> Result<String, OnLoan> {
    Err(OnLoan { until: Date })
}

fn main() {
    let _ = purlin::routes![lend];
}
