//! An option without its value.
//!
//! error: expected `=`
//! at: #[get("/books", timeout)]

use purlin::get;

#[get("/books", timeout)]
async fn index() -> &'static str {
    "all books"
}

fn main() {
    let _ = purlin::routes![index];
}
