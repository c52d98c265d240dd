//! A path that does not begin with a slash.
//!
//! error: a path begins with `/`
//! at: "books"
//! help: write `"/books"`

use purlin::get;

#[get("books")]
async fn index() -> &'static str {
    "all books"
}

fn main() {
    let _ = purlin::routes![index];
}
