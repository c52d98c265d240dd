//! A function without an attribute in `routes![…]`.
//!
//! error: 
//! help: 

async fn index() -> &'static str {
    "all books"
}

fn main() {
    let _ = purlin::routes![index];
}
