//! An option without its value.
//!
//! error: `timeout` needs a value
//! at: timeout
//! help: write `timeout = "30s"`

use purlin::get;

#[get("/books", timeout)]
async fn index() -> &'static str {
    "all books"
}

fn main() {
    let _ = purlin::routes![index];
}
