//! A size in a unit that does not exist.
//!
//! error: is no size
//! at: "10 MB"
//! help: `"10MiB"`

use purlin::post;

#[post("/books", body_limit = "10 MB")]
async fn create() -> &'static str {
    "a book"
}

fn main() {
    let _ = purlin::routes![create];
}
