//! The address of a route with a mistake adds none.
//!
//! error: a route has no option `cache`
//! at: cache
//! help: the options are

use purlin::get;

#[get("/books/{id}", cache = "5s")]
async fn show(id: u64) -> String {
    format!("book {id} at {}", show::PATH)
}

fn main() {
    let _ = (purlin::routes![show], show::url(7));
}
