//! A controller with a type parameter.
//!
//! error: a controller is one concrete type, so it cannot be generic
//! at: T
//! help: name the type instead of `T`

use purlin::controller;

struct Books<T>(T);

#[controller("/books")]
impl<T: Send + Sync + 'static> Books<T> {
    #[get("/")]
    async fn index(&self) -> &'static str {
        "all books"
    }
}

fn main() {
    let _ = <Books<u64> as purlin::Controller>::routes();
}
