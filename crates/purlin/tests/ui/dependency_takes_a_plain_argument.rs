//! A dependency with a plain argument.
//!
//! error: `id` is a path parameter, and a dependency has no path
//! at: id
//! help: mark it `#[path]`

use purlin::{Result, Scoped, dependency, get};

#[dependency]
async fn reader(id: u64) -> Result<String> {
    Ok(id.to_string())
}

#[get("/readers/{id}")]
async fn me(id: u64, reader: Scoped<reader>) -> String {
    format!("{id} {}", *reader)
}

fn main() {
    let _ = purlin::routes![me];
}
