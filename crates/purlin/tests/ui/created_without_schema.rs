//! JSON without a schema, behind a status.
//!
//! error: `Loan` has no schema for the OpenAPI document
//! at: Result<Created<Json<Loan>>>
//! help: derive `schemars::JsonSchema` on `Loan`

use purlin::{Created, Json, Result, Url, post};

#[derive(serde::Serialize)]
struct Loan;

#[post("/loans")]
async fn lend() -> Result<Created<Json<Loan>>> {
    Ok(Created::at(Url::from("/loans/1"), Json(Loan)))
}

fn main() {
    let _ = purlin::routes![lend];
}
