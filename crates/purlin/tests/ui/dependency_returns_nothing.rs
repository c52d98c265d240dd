//! A dependency that returns nothing.
//!
//! error: a dependency returns a `Result`
//! at: reader
//! help: -> purlin::Result<

use purlin::{Scoped, dependency, get};

#[dependency]
async fn reader() {}

#[get("/me")]
async fn me(reader: Scoped<reader>) -> &'static str {
    let _ = reader;
    "me"
}

fn main() {
    let _ = purlin::routes![me];
}
