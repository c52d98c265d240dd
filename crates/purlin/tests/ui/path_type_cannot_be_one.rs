//! A path parameter of a type that is no text.
//!
//! error: `Loans` cannot be a path parameter
//! at: Loans
//! help: derive `Serialize`, `Deserialize` and `JsonSchema` on `Loans`

use purlin::get;

struct Loans;

#[get("/loans/{id}")]
async fn show(id: Loans) -> String {
    let Loans = id;
    String::new()
}

fn main() {
    let _ = purlin::routes![show];
}
