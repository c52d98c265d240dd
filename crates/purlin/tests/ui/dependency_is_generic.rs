//! A dependency with a type parameter.
//!
//! error: a dependency is one concrete function, so `reader` cannot be generic
//! at: T
//! help: name the type

use purlin::{Extract, Result, Scoped, dependency, get};

#[dependency]
async fn reader<T: Extract>(from: T) -> Result<String> {
    drop(from);
    Ok(String::new())
}

#[get("/me")]
async fn me(reader: Scoped<reader>) -> String {
    reader.to_string()
}

fn main() {
    let _ = purlin::routes![me];
}
