//! What the targets share: an application asked in process, and inputs taken apart.
//!
//! A target panics where Purlin breaks a promise, and libFuzzer keeps the input.

mod asking;

mod json;

mod sheet;

mod wire;

pub use self::asking::{Answer, ask, block_on, serve};
pub use self::json::mutated as mutated_json;
pub use self::sheet::{Sheet, request};
pub use self::wire::{Exchange, Received, plain_requests, received};
