//! An argument that is borrowed.
//!
//! error: `name` is borrowed
//! at: &str
//! help: take `name: String`

use purlin::get;

#[get("/hello/{name}")]
async fn hello(name: &str) -> String {
    format!("Hello, {name}!")
}

fn main() {
    let _ = purlin::routes![hello];
}
