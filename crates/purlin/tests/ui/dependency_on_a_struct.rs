//! A dependency attribute on something that is no function.
//!
//! error: a dependency is a function
//! at: struct Reader;
//! help: put `#[dependency]` on an `async fn`

use purlin::dependency;

#[dependency]
struct Reader;

fn main() {
    let _ = Reader;
}
