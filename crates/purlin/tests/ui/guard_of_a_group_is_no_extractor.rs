//! A guard of a group that is no extractor.
//!
//! error: `Admin` cannot be taken from a request
//! at: Admin
//! help: implement `Extract`

use purlin::Routes;

struct Admin;

fn main() {
    let _ = (Routes::new().guard::<Admin>(), Admin);
}
