//! What goes wrong on purpose.

use purlin::{Result, get};

/// Panics.
#[get("/panic")]
pub async fn panic() -> &'static str {
    panic!("on purpose")
}

/// Fails with an error that nobody gave a status.
#[get("/error")]
pub async fn error() -> Result<String> {
    let number: u32 = "no number".parse()?;
    Ok(number.to_string())
}
