//! What `purlin` does as a whole.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod development;
mod addresses;
mod gallery;
mod idempotency;
mod large;
mod macros;
mod mistakes;
mod openapi;
mod problems;
mod readme;
