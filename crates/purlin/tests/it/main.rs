//! What `purlin` does as a whole.

mod gallery;
mod mistakes;
