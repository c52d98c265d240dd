//! An option that has no value, with one.
//!
//! error: `hidden` has no value
//! at: hidden
//! help: write `hidden` alone

use purlin::get;

#[get("/books", hidden = true)]
async fn index() -> &'static str {
    "all books"
}

fn main() {
    let _ = purlin::routes![index];
}
