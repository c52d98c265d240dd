//! A dependency with an argument that is no extractor.
//!
//! error: `Loans` cannot be taken from a request
//! at: Loans
//! help: `Inject<Loans>`

use purlin::{Result, Scoped, dependency, get};

struct Loans;

#[dependency]
async fn reader(loans: Loans) -> Result<String> {
    let Loans = loans;
    Ok(String::new())
}

#[get("/me")]
async fn me(reader: Scoped<reader>) -> String {
    reader.to_string()
}

fn main() {
    let _ = purlin::routes![me];
}
