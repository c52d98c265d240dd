//! A function without an attribute in `routes![…]`.
//!
//! error: constant provided when a type was expected
//! at: index
//! help: 

async fn index() -> &'static str {
    "all books"
}

fn main() {
    let _ = purlin::routes![index];
}
