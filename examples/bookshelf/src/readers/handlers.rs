//! Readers over HTTP.

use purlin::{Json, get};

use super::{Reader, SignedIn};

/// Show who is asking.
#[get("/me", tag = "readers")]
pub async fn me(reader: SignedIn) -> Json<Reader> {
    Json(reader.0)
}
