//! The database of an application: pools, transactions, migrations, commands, errors.

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
