//! The address of a route whose extractor takes the parameter, made of a value that is no text.
//!
//! error: `BookId` cannot be written into a path
//! at: BookId(7)
//! help: take the path parameter by its name

use purlin::{Path, get};

struct BookId(u64);

#[get("/books/{id}")]
async fn show(path: Path<u64>) -> String {
    format!("book {}", path.0)
}

fn main() {
    let _ = (purlin::routes![show], BookId(7).0);
    let _ = show::url(BookId(7));
}
