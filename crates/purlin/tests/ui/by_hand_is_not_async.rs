//! A plain function as a handler by hand.
//!
//! error: is not a handler
//! at: index
//! help: `blocking(f)`

use purlin::Routes;

fn index() -> String {
    String::new()
}

fn main() {
    let _ = Routes::new().get("/loans", index);
}
