//! The entry of every application: what `main` calls.

use std::process::exit;

use purlin_core::{App, Result};
use purlin_server::ServerConfig;

use crate::command;
use crate::failed::Failed;
use crate::line::Line;
use crate::logging::LogConfig;
use crate::printer::Printer;
use crate::settings;

/// Runs an application: reads the command line and the configuration, checks the application, and
/// serves it or does what the subcommand says.
///
/// | command | what it does |
/// |---|---|
/// | `serve` (default) | serves until Ctrl-C or SIGTERM |
/// | `check` | reports every mistake, and exits with 1 if there is one |
/// | `routes [--json]` | lists the routes |
/// | `openapi [--out FILE]` | writes the OpenAPI document |
/// | `config show` | lists the configuration, with where each value comes from |
/// | `explain CODE` | explains an error code |
///
/// Modules add their own. `--help` lists everything.
///
/// # Errors
///
/// None that reaches the caller: what goes wrong is printed, and the process exits with 1 (the
/// application's problem), or 2 (the command line's).
pub fn run(app: impl FnOnce() -> App) -> Result {
    let printer = Printer::new();
    let line = Line::parse(std::env::args_os().skip(1)).unwrap_or_else(|message| {
        printer.talk(&format!("{}: {message}", printer.paint("1;31", "error")));
        exit(2)
    });
    match run_line(printer, &line, app) {
        Ok(()) => Ok(()),
        Err(Failed::Application(report)) => {
            printer.talk(&report.render(printer.color()));
            exit(1)
        }
        Err(Failed::Run(error)) => {
            printer.error(&error);
            exit(1)
        }
        Err(Failed::Usage(message)) => {
            printer.talk(&format!("{}: {message}", printer.paint("1;31", "error")));
            exit(2)
        }
    }
}

fn run_line(
    printer: Printer,
    line: &Line,
    app: impl FnOnce() -> App,
) -> std::result::Result<(), Failed> {
    // These need no application, and work for one that is broken.
    if line.command.as_deref() == Some("explain") {
        return command::explain(printer, &line.rest);
    }
    let (configuration, mistakes) = settings::load(line)?;
    let app = app()
        .configuration(configuration)
        .config::<ServerConfig>("server")
        .config::<LogConfig>("log")
        .read_source(settings::read_source);
    let assembled = app.assemble();
    let assembled = match (assembled, mistakes.is_empty()) {
        (Ok(assembled), true) => assembled,
        (assembled, _) => {
            let mut report = assembled.err().unwrap_or_default();
            for mistake in mistakes {
                report.add_configuration(mistake);
            }
            return Err(Failed::Application(report));
        }
    };
    if line.help {
        command::help(printer, &assembled);
        return Ok(());
    }
    if line.version {
        command::version(printer, &assembled);
        return Ok(());
    }
    match line.command.as_deref().unwrap_or("serve") {
        "serve" => command::serve(printer, assembled),
        "check" => {
            command::check(printer, &assembled);
            Ok(())
        }
        "routes" => command::routes(printer, &line.rest, &assembled),
        "openapi" => command::openapi(printer, &line.rest, &assembled),
        "config" => command::config(printer, &line.rest, &assembled),
        other => command::own(printer, line, other, assembled),
    }
}
