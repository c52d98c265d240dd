//! A method of a controller without a path.
//!
//! error: a route needs its path
//! at: get
//! help: write `#[get("/path")]`

use purlin::controller;

struct Books;

#[controller("/books")]
impl Books {
    #[get]
    async fn index(&self) -> &'static str {
        "all books"
    }

    #[get("/{id}")]
    async fn show(&self, id: u64) -> String {
        format!("book {id}")
    }
}

fn main() {
    let _ = <Books as purlin::Controller>::routes();
    let _ = (Books::index_url(), Books::show_url(7));
}
