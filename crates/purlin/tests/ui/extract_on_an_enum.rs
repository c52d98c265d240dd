//! `Extract` derived for an enum.
//!
//! error: `Extract` gathers extractors in a struct
//! at: Reader
//! help: struct

use purlin::{Extract, get};

#[derive(Extract)]
enum Reader {
    Known,
    Unknown,
}

#[get("/me")]
async fn me(reader: Reader) -> &'static str {
    match reader {
        Reader::Known => "known",
        Reader::Unknown => "unknown",
    }
}

fn main() {
    let _ = purlin::routes![me];
}
