//! A value that is no module.
//!
//! error: `Sessions` is not a module
//! at: Sessions
//! help: implement `Module`

use purlin::App;

struct Sessions;

fn main() {
    let _ = App::new("books").with(Sessions);
}
