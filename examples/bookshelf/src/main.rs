//! Run with: `cargo run`

fn main() -> purlin::Result {
    purlin::run(bookshelf::app)
}
