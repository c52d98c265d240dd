//! JSON without a schema, behind a status.
//!
//! error: `Json<Loan>` is not a response
//! at: Result<Created<Json<Loan>>>
//! help: derives `Serialize` and `JsonSchema`

use purlin::{Created, Json, Result, Url, post};

#[derive(serde::Serialize)]
struct Loan;

#[post("/loans")]
async fn lend() -> Result<Created<Json<Loan>>> {
    Ok(Created::at(Url::given("/loans/1"), Json(Loan)))
}

fn main() {
    let _ = purlin::routes![lend];
}
