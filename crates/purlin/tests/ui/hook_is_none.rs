//! A value that is no hook.
//!
//! error: `Stamp` is not a hook
//! at: Stamp
//! help: implement `Hook`

use purlin::Routes;

struct Stamp;

fn main() {
    let _ = Routes::new().hook(Stamp);
}
