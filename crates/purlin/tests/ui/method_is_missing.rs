//! `#[route]` without a method.
//!
//! error: expected `,`
//! at: #[route("/books")]

use purlin::route;

#[route("/books")]
async fn index() -> &'static str {
    "all books"
}

fn main() {
    let _ = purlin::routes![index];
}
