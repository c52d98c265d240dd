//! A variant of a response with a status that HTTP does not have.
//!
//! error: 99 is no status
//! at: 99
//! help: three digits

use purlin::{Respond, get};

#[derive(Respond)]
enum Show {
    #[respond(status = 99)]
    Missing,
}

#[get("/book")]
async fn show() -> Show {
    Show::Missing
}

fn main() {
    let _ = purlin::routes![show];
}
