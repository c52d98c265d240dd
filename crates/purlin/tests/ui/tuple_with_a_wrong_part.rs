//! A tuple whose first part changes nothing.
//!
//! error: `u16` is no part of a response
//! at: (u16, String)
//! help: (StatusCode::CREATED, Json(value))

use purlin::get;

#[get("/teapot")]
async fn teapot() -> (u16, String) {
    (418, String::new())
}

fn main() {
    let _ = purlin::routes![teapot];
}
