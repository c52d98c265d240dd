//! An option that is said twice.
//!
//! error: `tag` is said twice
//! at: tag
//! help: keep one of them

use purlin::get;

#[get("/books", tag = "books", tag = "loans")]
async fn index() -> &'static str {
    "all books"
}

fn main() {
    let _ = purlin::routes![index];
}
