//! A handler by hand that takes a path parameter as an attribute would.
//!
//! error: is not a handler
//! at: show
//! help: `Path(id): Path<u64>`

use purlin::Routes;

async fn show(id: u64) -> String {
    format!("book {id}")
}

fn main() {
    let _ = Routes::new().get("/books/{id}", show);
}
