//! An open return type behind which there is no response.
//!
//! several: for such a function the compiler has two by itself
//! error: `Loans` is not a response
//! at: impl Respond
//! help: return `Json<…>` around its type

use purlin::{Respond, get};

struct Loans;

#[get("/loans")]
async fn index() -> impl Respond {
    Loans
}

fn main() {
    let _ = purlin::routes![index];
}
