//! A variant of a response with two fields.
//!
//! error: `Found` holds something else than one response
//! at: Found(String, u32)
//! help: write `Found(Json<…>)`

use purlin::{Respond, get};

#[derive(Respond)]
enum Show {
    Found(String, u32),
    #[respond(status = 404)]
    Missing,
}

#[get("/book")]
async fn show() -> Show {
    if false { Show::Missing } else { Show::Found(String::new(), 0) }
}

fn main() {
    let _ = purlin::routes![show];
}
