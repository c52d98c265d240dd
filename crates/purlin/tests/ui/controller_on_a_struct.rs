//! A controller attribute on the struct.
//!
//! error: a controller is an `impl` block
//! at: struct Books;

use purlin::controller;

#[controller("/books")]
struct Books;

fn main() {
    let _ = Books;
}
