//! A brace without its partner.
//!
//! error: `/books/{id` has a brace without its partner
//! at: "/books/{id"
//! help: {id}

use purlin::get;

#[get("/books/{id")]
async fn show(id: u64) -> String {
    format!("book {id}")
}

fn main() {
    let _ = purlin::routes![show];
}
