//! A variant of a response that holds none.
//!
//! error: `Book` is not a response
//! at: Book
//! help: return `Json<…>` around its type

use purlin::{Respond, get};

struct Book;

#[derive(Respond)]
enum Show {
    Found(Book),
    #[respond(status = 404)]
    Missing,
}

#[get("/book")]
async fn show() -> Show {
    if false { Show::Missing } else { Show::Found(Book) }
}

fn main() {
    let _ = purlin::routes![show];
}
