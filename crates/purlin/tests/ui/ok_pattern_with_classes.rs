//! A pattern with classes of Perl, which `garde_derive` reads with the features of this crate.

use garde::Validate;
use purlin::{App, Json, post};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, JsonSchema, Validate)]
struct Loan {
    #[garde(pattern(r"^\d{4}\s?\w+$"))]
    code: String,
}

#[post("/loans")]
async fn create(loan: Json<Loan>) -> Json<Loan> {
    loan
}

fn main() -> purlin::Result {
    purlin::run(|| App::new("loans").routes(purlin::routes![create]))
}
