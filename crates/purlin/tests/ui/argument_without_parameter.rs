//! A plain argument, and a path without parameters.
//!
//! error: `id` is not a parameter of `/books`
//! at: id
//! help: add `{id}` to the path, or mark the argument `#[path]`

use purlin::get;

#[get("/books")]
async fn show(id: u64) -> String {
    format!("book {id}")
}

fn main() {
    let _ = purlin::routes![show];
}
