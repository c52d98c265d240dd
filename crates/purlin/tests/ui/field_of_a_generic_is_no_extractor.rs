//! A field of a generic extractor that is none.
//!
//! error: `Loans` cannot be taken from a request
//! at: Loans
//! help: `Inject<Loans>`

use purlin::{Extract, Query, PageQuery, get};

struct Loans;

#[derive(Extract)]
struct Context<T: Extract> {
    inner: T,
    loans: Loans,
}

#[get("/me")]
async fn me(context: Context<Query<PageQuery>>) -> String {
    let Loans = context.loans;
    format!("{:?}", context.inner.0)
}

fn main() {
    let _ = purlin::routes![me];
}
