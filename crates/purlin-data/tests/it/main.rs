//! The database of an application: pools, transactions, migrations, commands, errors.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod commands;
mod errors;
mod migrations;
#[cfg(feature = "sea-orm")]
mod orm;
mod pools;
mod settings;
mod start;
mod support;
mod transactions;
