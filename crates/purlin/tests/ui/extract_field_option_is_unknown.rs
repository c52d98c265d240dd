//! An option that no field of an extractor has.
//!
//! error: a field of an extractor has one option
//! at: #[extract(query)]
//! help: write `#[extract(path)]`

use purlin::{Extract, get};

#[derive(Extract)]
struct Context {
    #[extract(query)]
    id: u64,
}

#[get("/{id}")]
async fn show(context: Context) -> String {
    context.id.to_string()
}

fn main() {
    let _ = purlin::routes![show];
}
