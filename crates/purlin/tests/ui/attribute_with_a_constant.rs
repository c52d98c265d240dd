//! A route attribute with something that is no text.
//!
//! error: `BOOKS` is no path
//! at: BOOKS
//! help: write the path itself

use purlin::get;

const BOOKS: &str = "/books";

#[get(BOOKS)]
async fn index() -> &'static str {
    BOOKS
}

fn main() {
    let _ = purlin::routes![index];
}
