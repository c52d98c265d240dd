//! A plain argument, and a path without parameters.
//!
//! error: `id` is not a parameter of `/books`
//! at: id

use purlin::get;

#[get("/books")]
async fn show(id: u64) -> String {
    format!("book {id}")
}

fn main() {
    let _ = purlin::routes![show];
}
