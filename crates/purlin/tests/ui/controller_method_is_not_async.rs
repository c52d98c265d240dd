//! A method of a controller that is not async.
//!
//! error: a controller's handler is an `async fn`
//! at: index
//! help: write `async fn index`

use purlin::controller;

struct Books;

#[controller("/books")]
impl Books {
    #[get("/")]
    fn index(&self) -> &'static str {
        "all books"
    }
}

fn main() {
    let _ = <Books as purlin::Controller>::routes();
}
