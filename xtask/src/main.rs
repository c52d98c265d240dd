//! The checks of the repository: `cargo xtask tidy`, `cargo xtask fuzz` and `cargo xtask ci`.
//!
//! Each module imports only modules listed below it, as `tidy` asks of the libraries.

mod ci;

mod fuzz;

mod gallery;

mod tidy;

mod repository;

mod rust;

mod printer;

use std::env;
use std::process::ExitCode;

const HELP: &str = "\
The checks of the Purlin repository.

Usage: cargo xtask <command>

Commands:
  tidy     check what rustc and clippy cannot: floors, module order, error pages, names
  fuzz     run the targets of fuzz/: `fuzz [--seconds N] [TARGET]`, 10 seconds each unless said
  gallery  write docs/compile-errors.md; `gallery axum` compiles the twins of axum before
  ci       run every check: format, tidy, clippy, tests, documentation, then ci/*.sh
  help     print this text";

fn main() -> ExitCode {
    let arguments: Vec<String> =
        env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned()).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [] | ["help" | "--help" | "-h"] => {
            printer::data(HELP);
            ExitCode::SUCCESS
        }
        ["ci"] => verdict(&ci::run()),
        ["fuzz", ref options @ ..] => verdict(&fuzz::run(options)),
        ["gallery", ref what @ ..] => verdict(&gallery::run(what)),
        ["tidy"] => verdict(&tidy::run()),
        _ => {
            printer::talk(&format!("error: unknown arguments `{}`\n\n{HELP}", arguments.join(" ")));
            ExitCode::from(2)
        }
    }
}

/// Turns the outcome of a command into what the shell sees: 0 for clean, 1 for anything else.
fn verdict(outcome: &Result<bool, String>) -> ExitCode {
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problem) => {
            printer::talk(&format!("error: {problem}"));
            ExitCode::FAILURE
        }
    }
}
