//! A list that is not said to be JSON.
//!
//! error: `Vec<Loan>` is not a response
//! at: purlin::Result<Vec<Loan>>
//! help: to send a value as JSON, return `Json<…>` around its type

use purlin::get;

#[derive(serde::Serialize, schemars::JsonSchema)]
struct Loan;

#[get("/loans")]
async fn index() -> purlin::Result<Vec<Loan>> {
    Ok(vec![Loan])
}

fn main() {
    let _ = purlin::routes![index];
}
