//! An error handler for a type that is no error.
//!
//! error: 
//! at: not_found
//! help: 

use purlin::{App, Caught};

#[derive(Debug)]
struct Missing;

async fn not_found(error: Caught<Missing>) -> String {
    format!("{error:?}")
}

fn main() {
    let _ = (App::new("books").on_error(not_found), Missing);
}
