//! JSON of a type that has neither of the derives.
//!
//! several: one for each derive that is missing
//! error: `Loan` cannot be written as JSON
//! at: Json<Loan>
//! help: derive `serde::Serialize` on `Loan`

use purlin::{Json, get};

struct Loan;

#[get("/loan")]
async fn show() -> Json<Loan> {
    Json(Loan)
}

fn main() {
    let _ = purlin::routes![show];
}
