//! An error that says no status.
//!
//! error: `std::io::Error` does not say which status it is
//! at: Result<String, std::io::Error>
//! help: return `purlin::Result<T>`

use purlin::get;

#[get("/motd")]
async fn motd() -> Result<String, std::io::Error> {
    std::fs::read_to_string("/etc/motd")
}

fn main() {
    let _ = purlin::routes![motd];
}
