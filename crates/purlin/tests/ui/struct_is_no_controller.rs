//! Routes of a type that is no controller.
//!
//! error: `Books` is not a controller
//! at: Books
//! help: put `#[controller("/path")]` on an `impl` block of `Books`

use purlin::{App, Controller};

struct Books;

fn main() {
    let _ = (App::new("books").routes(<Books as Controller>::routes()), Books);
}
