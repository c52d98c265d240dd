//! `#[route]` without a method.
//!
//! error: a route needs its method
//! at: "/books"
//! help: #[route(GET, "/books")]

use purlin::route;

#[route("/books")]
async fn index() -> &'static str {
    "all books"
}

fn main() {
    let _ = purlin::routes![index];
}
