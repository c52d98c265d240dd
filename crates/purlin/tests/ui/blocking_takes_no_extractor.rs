//! A function that blocks, by hand, with an argument that is no extractor.
//!
//! error: is not a handler
//! at: blocking(index)
//! help: put `#[get(…)]` on it

use purlin::{Routes, blocking};

struct Loans;

fn index(loans: Loans) -> String {
    let Loans = loans;
    String::new()
}

fn main() {
    let _ = Routes::new().get("/loans", blocking(index));
}
