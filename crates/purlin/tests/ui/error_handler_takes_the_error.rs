//! An error handler that takes the error itself.
//!
//! error: is not a handler for errors
//! at: not_found
//! help: an error handler is `async fn(Caught<E>, services…)`

use purlin::App;

async fn not_found(error: std::io::Error) -> String {
    error.to_string()
}

fn main() {
    let _ = App::new("books").on_error(not_found);
}
