//! A handler with a type parameter.
//!
//! error: a route is one concrete function, so `show` cannot be generic
//! at: T
//! help: name the type

use purlin::get;

#[get("/books/{id}")]
async fn show<T: ToString>(id: T) -> String {
    id.to_string()
}

fn main() {
    let _ = purlin::routes![show];
}
