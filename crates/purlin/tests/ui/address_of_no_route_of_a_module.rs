//! The address of a route that the module does not have.
//!
//! error: `shwo`
//! at: shwo
//! help: with a similar name

use purlin::{Created, post};

mod books {
    use purlin::get;

    #[get("/books/{id}")]
    pub async fn show(id: u64) -> String {
        format!("book {id}")
    }
}

#[post("/books")]
async fn create() -> Created<&'static str> {
    Created::at(books::shwo::url(7), "created")
}

fn main() {
    let _ = purlin::routes![books::show, create];
}
