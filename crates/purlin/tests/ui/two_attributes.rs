//! A function with two route attributes.
//!
//! error: `index` is a route already
//! at: #[get("/library")]
//! help: write a second function

use purlin::get;

#[get("/books")]
#[get("/library")]
async fn index() -> &'static str {
    "all books"
}

fn main() {
    let _ = purlin::routes![index];
}
