//! An argument whose type is left to the caller.
//!
//! error: nobody chooses the type of `name`
//! at: impl ToString
//! help: name it: `name: String`

use purlin::get;

#[get("/hello/{name}")]
async fn hello(name: impl ToString) -> String {
    name.to_string()
}

fn main() {
    let _ = purlin::routes![hello];
}
