//! A method in lower case, which is another method.
//!
//! error: `get` is no HTTP method
//! at: get
//! help: write `GET`

use purlin::route;

#[route(get, "/books")]
async fn index() -> &'static str {
    "all books"
}

fn main() {
    let _ = purlin::routes![index];
}
