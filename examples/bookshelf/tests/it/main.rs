//! The library as its users see it, in process and on a database in memory.
//!
//! Every answer is held against the OpenAPI document by the test kit.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod binary;
mod books;
mod command;
mod loans;
mod problems;
mod transactions;

use purlin_test::TestApp;

/// A library of its own for each test.
async fn library() -> TestApp {
    TestApp::of(bookshelf::app()).configure("database.url", "sqlite::memory:").start().await
}
