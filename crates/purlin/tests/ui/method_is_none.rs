//! A method that HTTP does not allow.
//!
//! error: `GE T` is no HTTP method
//! at: "GE T"
//! help: a method is one word

use purlin::route;

#[route("GE T", "/books")]
async fn index() -> &'static str {
    "all books"
}

fn main() {
    let _ = purlin::routes![index];
}
