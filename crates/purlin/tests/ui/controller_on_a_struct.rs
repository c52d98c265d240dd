//! A controller attribute on the struct.
//!
//! error: a controller is an `impl` block
//! at: struct Books;
//! help: put `#[controller("/path")]` on the `impl` block

use purlin::controller;

#[controller("/books")]
struct Books;

fn main() {
    let _ = Books;
}
