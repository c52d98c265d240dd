//! A return type that is no response.
//!
//! error: `Loans` is not a response
//! at: Loans
//! help: to send a value as JSON, return `Json<…>` around its type

use purlin::get;

struct Loans;

#[get("/loans")]
async fn index() -> Loans {
    Loans
}

fn main() {
    let _ = purlin::routes![index];
}
