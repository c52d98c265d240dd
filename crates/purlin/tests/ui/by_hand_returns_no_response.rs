//! A handler by hand that returns no response.
//!
//! error: is not a handler
//! at: index
//! help: put `#[get(…)]` on it and the compiler will name the argument

use purlin::Routes;

struct Loans;

async fn index() -> Loans {
    Loans
}

fn main() {
    let _ = Routes::new().get("/loans", index);
}
