//! A controller without a path.
//!
//! error: a controller needs its path
//! at: #[controller]
//! help: write `#[controller("/path")]`

use purlin::controller;

struct Books;

#[controller]
impl Books {
    #[get("/")]
    async fn index(&self) -> &'static str {
        "all books"
    }
}

fn main() {
    let _ = <Books as purlin::Controller>::routes();
}
