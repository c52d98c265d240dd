//! Headers without rules.
//!
//! error: `Client` cannot be an input
//! at: Header<Client>
//! help: derive `Deserialize`, `JsonSchema` and `Validate` on `Client`

use purlin::{Header, get};

#[derive(serde::Deserialize)]
struct Client {
    version: String,
}

#[get("/")]
async fn home(client: Header<Client>) -> String {
    client.0.version
}

fn main() {
    let _ = purlin::routes![home];
}
