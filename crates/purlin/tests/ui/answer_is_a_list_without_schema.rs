//! JSON of a list whose items have no schema.
//!
//! error: `Vec<Loan>` has no schema for the OpenAPI document
//! at: purlin::Result<Json<Vec<Loan>>>
//! help: derive `schemars::JsonSchema` on `Vec<Loan>`, or on your type inside it

use purlin::{Json, get};

#[derive(serde::Serialize)]
struct Loan;

#[get("/loans")]
async fn index() -> purlin::Result<Json<Vec<Loan>>> {
    Ok(Json(vec![Loan]))
}

fn main() {
    let _ = purlin::routes![index];
}
