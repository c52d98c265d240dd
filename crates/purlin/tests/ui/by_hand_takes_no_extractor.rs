//! A handler by hand with an argument that is no extractor.
//!
//! error: is not a handler
//! at: index
//! help: put `#[get(…)]` on it and the compiler will name the argument

use purlin::Routes;

struct Loans;

async fn index(loans: Loans) -> String {
    let Loans = loans;
    String::new()
}

fn main() {
    let _ = Routes::new().get("/loans", index);
}
