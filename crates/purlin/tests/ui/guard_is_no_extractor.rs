//! A guard that is no extractor.
//!
//! error: `Admin` cannot be taken from a request
//! at: Admin
//! help: implement `Extract`

use purlin::get;

struct Admin;

#[get("/books", guard = Admin)]
async fn index() -> &'static str {
    "all books"
}

fn main() {
    let _ = (purlin::routes![index], Admin);
}
