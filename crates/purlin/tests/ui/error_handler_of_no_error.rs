//! An error handler for a type that is no error.
//!
//! error: is not a handler for errors of this type
//! at: not_found
//! help: `E` implements `std::error::Error`

use purlin::{App, Caught};

#[derive(Debug)]
struct Missing;

async fn not_found(error: Caught<Missing>) -> String {
    format!("{error:?}")
}

fn main() {
    let _ = (App::new("books").on_error(not_found), Missing);
}
