//! An argument that is no extractor.
//!
//! error: `Loans` cannot be taken from a request
//! at: Loans
//! help: a service is asked for as `Inject<Loans>`

use purlin::{PageQuery, Query, get};

struct Loans;

#[get("/loans/{id}")]
async fn index(id: u64, loans: Loans, page: Query<PageQuery>) -> String {
    let Loans = loans;
    format!("{id} {:?}", page.0)
}

fn main() {
    let _ = purlin::routes![index];
}
