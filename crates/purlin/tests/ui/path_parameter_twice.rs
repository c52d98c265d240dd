//! A path that has a parameter twice.
//!
//! error: identifier `id_value` is bound more than once in this parameter list
//! at: #[get("/books/{id}/loans/{id}")]

use purlin::get;

#[get("/books/{id}/loans/{id}")]
async fn show(id: u64) -> String {
    format!("book {id}")
}

fn main() {
    let _ = purlin::routes![show];
}
