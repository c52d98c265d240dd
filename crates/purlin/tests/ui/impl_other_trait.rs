//! An open return type that says nothing of a response.
//!
//! error: `impl Display` does not say that it is a response
//! at: impl Display
//! help: return `impl Respond`

use std::fmt::Display;

use purlin::get;

#[get("/answer")]
async fn answer() -> impl Display {
    42
}

fn main() {
    let _ = purlin::routes![answer];
}
