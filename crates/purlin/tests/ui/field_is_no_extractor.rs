//! A field of a derived extractor that is none.
//!
//! error: `Loans` cannot be taken from a request
//! at: Loans
//! help: `Inject<Loans>`

use purlin::{Extract, get};

struct Loans;

#[derive(Extract)]
struct Context {
    loans: Loans,
}

#[get("/me")]
async fn me(context: Context) -> &'static str {
    let Loans = context.loans;
    "me"
}

fn main() {
    let _ = purlin::routes![me];
}
