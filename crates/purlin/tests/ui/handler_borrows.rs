//! A handler with a lifetime.
//!
//! error: a route owns what it takes, so `hello` cannot borrow from its caller
//! at: 'a
//! help: such as `String` instead of `&str`

use purlin::get;

#[get("/hello/{name}")]
async fn hello<'a>(name: &'a str) -> String {
    format!("Hello, {name}!")
}

fn main() {
    let _ = purlin::routes![hello];
}
