//! `Respond` derived for a struct.
//!
//! error: `Respond` is derived for an enum of responses
//! at: Found
//! help: return `Json<Found>`

use purlin::{Respond, get};

#[derive(Respond)]
struct Found {
    title: String,
}

#[get("/book")]
async fn show() -> Found {
    Found { title: String::new() }
}

fn main() {
    let _ = purlin::routes![show];
}
