//! JSON of a type without a schema.
//!
//! error: `Loan` has no schema for the OpenAPI document
//! at: Json<Loan>
//! help: derive `schemars::JsonSchema` on `Loan`

use purlin::{Json, get};

#[derive(serde::Serialize)]
struct Loan;

#[get("/loan")]
async fn show() -> Json<Loan> {
    Json(Loan)
}

fn main() {
    let _ = purlin::routes![show];
}
