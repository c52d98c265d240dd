//! A function that is not async and returns no response.
//!
//! error: `Loans` is not a response
//! at: Loans
//! help: return `Json<…>` around its type

use purlin::get;

struct Loans;

#[get("/loans")]
fn index() -> Loans {
    Loans
}

fn main() {
    let _ = purlin::routes![index];
}
