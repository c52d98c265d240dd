//! What `purlin` does as a whole.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod gallery;
mod mistakes;
mod problems;
mod readme;
