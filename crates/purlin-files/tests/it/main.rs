//! Files as answers, and names that try to leave their directory.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod directory;
mod download;
mod uploads;
