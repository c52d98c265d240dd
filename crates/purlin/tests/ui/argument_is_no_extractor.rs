//! An argument that is no extractor.
//!
//! error: `Loans` cannot be taken from a request
//! at: Loans
//! help: a service is asked for as `Inject<Loans>`

use purlin::get;

struct Loans;

#[get("/loans")]
async fn index(loans: Loans) -> String {
    let Loans = loans;
    String::new()
}

fn main() {
    let _ = purlin::routes![index];
}
