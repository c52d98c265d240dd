//! A controller with an option.
//!
//! error: a controller has a path and nothing else
//! at: timeout = "5s"
//! help: say it on each method

use purlin::controller;

struct Books;

#[controller("/books", timeout = "5s")]
impl Books {
    #[get("/")]
    async fn index(&self) -> &'static str {
        "all books"
    }
}

fn main() {
    let _ = <Books as purlin::Controller>::routes();
}
