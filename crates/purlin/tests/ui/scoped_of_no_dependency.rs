//! `Scoped` of a type that is no dependency.
//!
//! error: `Reader` is not a request dependency
//! at: Scoped<Reader>
//! help: #[dependency]

use purlin::{Scoped, get};

struct Reader;

#[get("/me")]
async fn me(reader: Scoped<Reader>) -> &'static str {
    let _ = reader;
    "me"
}

fn main() {
    let _ = (purlin::routes![me], Reader);
}
