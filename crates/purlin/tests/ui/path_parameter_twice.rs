//! A path that has a parameter twice.
//!
//! error: `{id}` stands in the path twice
//! at: "/books/{id}/loans/{id}"
//! help: give each parameter a name of its own

use purlin::get;

#[get("/books/{id}/loans/{id}")]
async fn show(id: u64) -> String {
    format!("book {id}")
}

fn main() {
    let _ = purlin::routes![show];
}
