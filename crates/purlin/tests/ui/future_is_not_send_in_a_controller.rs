//! A value that cannot move between threads, in a controller.
//!
//! error: future cannot be sent between threads safely
//! at: index
//! help: 

use std::rc::Rc;

use purlin::controller;

struct Books;

async fn wait() {}

#[controller("/books")]
impl Books {
    #[get("/")]
    async fn index(&self) -> String {
        let name = Rc::new(String::from("Ada"));
        wait().await;
        name.to_string()
    }
}

fn main() {
    let _ = <Books as purlin::Controller>::routes();
}
