//! A dependency that is a plain function.
//!
//! error: a dependency is an `async fn`
//! at: reader
//! help: write `async fn reader`

use purlin::{Result, Scoped, dependency, get};

#[dependency]
fn reader() -> Result<String> {
    Ok(String::new())
}

#[get("/me")]
async fn me(reader: Scoped<reader>) -> String {
    reader.to_string()
}

fn main() {
    let _ = purlin::routes![me];
}
