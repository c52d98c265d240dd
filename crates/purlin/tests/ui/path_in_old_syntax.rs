//! A path parameter as other frameworks write it.
//!
//! error: `:id` is no path parameter
//! at: "/books/:id"
//! help: write `{id}`

use purlin::get;

#[get("/books/:id")]
async fn show(id: u64) -> String {
    format!("book {id}")
}

fn main() {
    let _ = purlin::routes![show];
}
