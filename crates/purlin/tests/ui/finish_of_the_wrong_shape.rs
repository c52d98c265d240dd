//! A finish that takes something else than the value.
//!
//! error: mismatched types
//! at: commit
//! help: expected fn pointer `fn(Arc<String>, StatusCode)

use purlin::{Result, Scoped, dependency, get};

async fn commit(value: String) -> Result {
    drop(value);
    Ok(())
}

#[dependency(finish = commit)]
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
