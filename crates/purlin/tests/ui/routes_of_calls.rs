//! A list of routes with a call in it.
//!
//! error: `routes![…]` lists functions by their names
//! at: (
//! help: write `routes![show, books::create]`

use purlin::get;

#[get("/books")]
async fn index() -> &'static str {
    "all books"
}

fn main() {
    let _ = purlin::routes![index()];
}
