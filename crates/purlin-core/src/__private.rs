//! What the macros write out; no part of the public interface.

pub use std::borrow::Borrow;
pub use std::sync::Arc;

pub use crate::endpoint::{BoxFuture, Endpoint, Prepared, Run, prepared};
pub use crate::extract::{Segment, path_text};
pub use crate::handler::run_blocking;
