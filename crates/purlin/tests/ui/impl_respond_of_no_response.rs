//! An open return type behind which there is no response.
//!
//! error: `Loans` is not a response
//! at: impl Respond
//! help: return `Json<Loans>`

use purlin::{Respond, get};

struct Loans;

#[get("/loans")]
async fn index() -> impl Respond {
    Loans
}

fn main() {
    let _ = purlin::routes![index];
}
