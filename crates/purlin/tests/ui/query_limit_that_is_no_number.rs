//! A limit of a query that is written as a text.
//!
//! error: `"50"` is no whole number
//! at: "50"
//! help: write `query_limit = 50`

use purlin::get;

#[get("/books", query_limit = "50")]
async fn index() -> &'static str {
    "all books"
}

fn main() {
    let _ = purlin::routes![index];
}
