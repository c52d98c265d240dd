//! The load tool against servers that behave well, badly, and not at all.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod load;
