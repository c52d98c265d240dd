//! A route attribute on something that is no function.
//!
//! error: a route is a function
//! at: struct Books;

use purlin::get;

#[get("/books")]
struct Books;

fn main() {
    let _ = Books;
}
