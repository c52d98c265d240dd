//! An option that no route has.
//!
//! error: a route has no option `limit`
//! at: limit
//! help: the options are

use purlin::get;

#[get("/books", limit = 10)]
async fn index() -> &'static str {
    "all books"
}

fn main() {
    let _ = purlin::routes![index];
}
