//! What a test says about an answer.
//!
//! Every method returns the answer again, so that they can be chained, and on failure prints what
//! was expected, what came, and the whole exchange.

mod head;
mod json;
mod problem;

pub use self::head::IntoStatus;
