//! A dependency whose error is none.
//!
//! error: the trait bound `Missing: Into<purlin::Error>` is not satisfied
//! at: Missing
//! help: 

use purlin::{Scoped, dependency, get};

struct Missing;

#[dependency]
async fn reader() -> Result<String, Missing> {
    Err(Missing)
}

#[get("/me")]
async fn me(reader: Scoped<reader>) -> String {
    reader.to_string()
}

fn main() {
    let _ = purlin::routes![me];
}
