//! An error that the type does not have.
//!
//! error: no variant named `Mising`
//! at: Mising
//! help: Missing

use purlin::{Problem, get};

#[derive(Debug, thiserror::Error, Problem)]
#[problem(status = 404)]
enum BookError {
    #[error("there is no such book")]
    Missing,
    #[error("there is no such page")]
    Page,
}

#[get("/books", errors = [BookError::Mising, BookError::Page])]
async fn index() -> Result<&'static str, BookError> {
    Err(if cfg!(debug_assertions) { BookError::Missing } else { BookError::Page })
}

fn main() {
    let _ = purlin::routes![index];
}
