//! A variant of a response with two fields.
//!
//! error: `Found` holds two fields
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
