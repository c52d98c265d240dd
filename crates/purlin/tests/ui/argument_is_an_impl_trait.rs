//! An argument whose type is left to the caller.
//!
//! error: a route is one concrete function, so `hello` cannot leave the type of an argument open
//! at: impl ToString
//! help: name the type

use purlin::get;

#[get("/hello/{name}")]
async fn hello(name: impl ToString) -> String {
    name.to_string()
}

fn main() {
    let _ = purlin::routes![hello];
}
