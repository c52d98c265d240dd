//! A dependency that cannot fail.
//!
//! error: a dependency returns a `Result`
//! at: String
//! help: write `-> purlin::Result<String>`

use purlin::{Scoped, dependency, get};

#[dependency]
async fn reader() -> String {
    String::new()
}

#[get("/me")]
async fn me(reader: Scoped<reader>) -> String {
    reader.to_string()
}

fn main() {
    let _ = purlin::routes![me];
}
