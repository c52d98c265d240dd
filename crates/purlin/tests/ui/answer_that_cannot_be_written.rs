//! JSON of a type that cannot be written.
//!
//! error: `Loan` cannot be written as JSON
//! at: Json<Loan>
//! help: derive `serde::Serialize` on `Loan`

use purlin::{Json, get};

#[derive(schemars::JsonSchema)]
struct Loan;

#[get("/loan")]
async fn show() -> Json<Loan> {
    Json(Loan)
}

fn main() {
    let _ = purlin::routes![show];
}
