//! The address of a route in a module whose name is misspelt.
//!
//! several: the attribute looks the module up as well
//! error: `boks`
//! at: boks
//! help: no external crate `boks`

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
    Created::at(boks::show::url(7), "created")
}

fn main() {
    let _ = purlin::routes![books::show, create];
}
