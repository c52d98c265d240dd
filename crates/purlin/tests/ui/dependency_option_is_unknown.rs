//! An option that no dependency has.
//!
//! error: a dependency has no option `after`
//! at: after
//! help: `finish = 

use purlin::{Result, Scoped, dependency, get};

#[dependency(after = commit)]
async fn reader() -> Result<String> {
    Ok(String::new())
}

#[get("/me")]
async fn me(reader: Scoped<reader>) -> String {
    reader.to_string()
}

fn main() {
    let _ = purlin::routes![me];
}
