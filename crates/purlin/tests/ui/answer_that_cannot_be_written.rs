//! JSON of a type that cannot be written.
//!
//! error: `Json<Loan>` is not a response
//! at: Json<Loan>
//! help: around its type, which derives `Serialize` and `JsonSchema`

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
