//! A function that returns a future instead of being async.
//!
//! error: does not say that it is a response
//! at: impl Future<Output = String>
//! help: make the function an `async fn`

use purlin::get;

#[get("/loans")]
fn index() -> impl Future<Output = String> {
    async { String::new() }
}

fn main() {
    let _ = purlin::routes![index];
}
