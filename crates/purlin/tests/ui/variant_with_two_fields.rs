//! A variant of a response with two fields.
//!
//! error: a variant holds one response, or nothing: `Found(Json<Book>)`
//! at: Found(String, u32)
//! help: Found(Json<Book>)

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
