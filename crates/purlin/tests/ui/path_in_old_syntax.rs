//! A path parameter as other frameworks write it.
//!
//! error: a path parameter is written `{id}`, not `:id`
//! at: "/books/:id"

use purlin::get;

#[get("/books/:id")]
async fn show(id: u64) -> String {
    format!("book {id}")
}

fn main() {
    let _ = purlin::routes![show];
}
