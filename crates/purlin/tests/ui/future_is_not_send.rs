//! A value that cannot move between threads, held across an await.
//!
//! error: future cannot be sent between threads safely
//! at: index
//! help: 

use std::rc::Rc;

use purlin::get;

async fn wait() {}

#[get("/loans")]
async fn index() -> String {
    let name = Rc::new(String::from("Ada"));
    wait().await;
    name.to_string()
}

fn main() {
    let _ = purlin::routes![index];
}
