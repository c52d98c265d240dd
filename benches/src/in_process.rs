//! What a call of the application costs, measured by `peers/in-process`.

use std::process::Command;

use crate::results::InProcess;
use crate::server::program;

/// The package with the program.
pub(crate) const PACKAGE: &str = "in-process";

/// Runs it.
pub(crate) fn measure() -> Result<Vec<InProcess>, String> {
    let output = Command::new(program(PACKAGE)).output();
    let output = output.map_err(|error| format!("{PACKAGE}: {error}"))?;
    serde_json::from_slice(&output.stdout).map_err(|error| format!("{PACKAGE}: {error}"))
}
