//! An option that stands behind the path without a comma.
//!
//! error: without a comma before it
//! at: timeout = "5s"
//! help: write `, timeout = "5s"`

use purlin::get;

#[get("/books" timeout = "5s")]
async fn index() -> &'static str {
    "all books"
}

fn main() {
    let _ = purlin::routes![index];
}
