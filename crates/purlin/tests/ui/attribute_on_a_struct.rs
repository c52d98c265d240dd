//! A route attribute on something that is no function.
//!
//! error: a route is a function
//! at: struct Books;
//! help: put `#[get("/path")]` on an `async fn`

use purlin::get;

#[get("/books")]
struct Books;

fn main() {
    let _ = Books;
}
