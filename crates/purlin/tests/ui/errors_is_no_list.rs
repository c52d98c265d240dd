//! Errors that are not a list.
//!
//! error: `errors` is a list of variants in brackets
//! at: BookError::Missing
//! help: write `errors = [BookError::Missing, BookError::OnLoan]`

use purlin::{Problem, get};

#[derive(Debug, thiserror::Error, Problem)]
#[problem(status = 404)]
enum BookError {
    #[error("there is no such book")]
    Missing,
}

#[get("/books", errors = BookError::Missing)]
async fn index() -> Result<&'static str, BookError> {
    Err(BookError::Missing)
}

fn main() {
    let _ = purlin::routes![index];
}
