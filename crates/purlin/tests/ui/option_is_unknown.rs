//! An option that no route has.
//!
//! error: a route knows `guard`, `timeout`, `body_limit`, `id`, `tag` and `hidden`, not `limit`
//! at: limit

use purlin::get;

#[get("/books", limit = 10)]
async fn index() -> &'static str {
    "all books"
}

fn main() {
    let _ = purlin::routes![index];
}
