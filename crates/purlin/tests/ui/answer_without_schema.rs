//! JSON of a type without a schema.
//!
//! error: `Loan` cannot be sent as JSON
//! at: Json<Loan>
//! help: derive `Serialize` and `JsonSchema` on `Loan`

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
