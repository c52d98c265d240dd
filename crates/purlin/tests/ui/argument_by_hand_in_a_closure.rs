//! A closure by hand with an argument that is no extractor.
//!
//! error: is not a handler
//! at: |loans: Loans| async move { drop(loans) }
//! help: put `#[get(…)]` on it

use purlin::Routes;

struct Loans;

fn main() {
    let _ = Routes::new().get("/loans", |loans: Loans| async move { drop(loans) });
    let _ = Loans;
}
