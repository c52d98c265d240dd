//! A route attribute without a path.
//!
//! error: a route needs its path
//! at: #[get]
//! help: write `#[get("/path")]`

use purlin::get;

#[get]
async fn index() -> &'static str {
    "all books"
}

fn main() {
    let _ = purlin::routes![index];
}
