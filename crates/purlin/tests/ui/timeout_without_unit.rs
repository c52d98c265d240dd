//! A time without a unit.
//!
//! error: is no time
//! at: "30"
//! help: `"500ms"`, `"30s"`, `"5m"`

use purlin::get;

#[get("/books", timeout = "30")]
async fn index() -> &'static str {
    "all books"
}

fn main() {
    let _ = purlin::routes![index];
}
