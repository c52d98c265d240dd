//! The entry of every application: what `main` calls.

use std::ffi::OsString;
use std::process::exit;

use purlin_core::{App, Result};
use purlin_server::ServerConfig;

use crate::command;
use crate::failed::Failed;
use crate::line::Line;
use crate::logging::LogConfig;
use crate::printer::Printer;
use crate::{settings, uploads};

/// Runs an application: reads the command line and the configuration, checks the application, and
/// serves it or does what the subcommand says.
///
/// | command | what it does |
/// |---|---|
/// | `serve` (default) | serves until Ctrl-C or SIGTERM |
/// | `check` | reports every mistake, and exits with 1 if there is one |
/// | `routes [--all] [--json]` | lists the routes, with `--all` also those that are built in |
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
    run_with(std::env::args_os().skip(1), app)
}

/// As [`run`], with arguments of your own instead of the process's; without the program's name.
///
/// A program that has flags beside those of every application takes them out first.
///
/// # Errors
///
/// As [`run`].
///
/// ```no_run
/// # use purlin::App;
/// # fn main() -> purlin::Result {
/// let arguments = std::env::args_os().skip(1);
/// let (own, rest): (Vec<_>, Vec<_>) = arguments.partition(|argument| argument == "--quiet");
/// let app = || if own.is_empty() { App::new("tool") } else { App::new("tool").without_request_log() };
/// purlin::run_with(rest, app)
/// # }
/// ```
pub fn run_with(
    arguments: impl IntoIterator<Item = OsString>,
    app: impl FnOnce() -> App,
) -> Result {
    run_boxed(arguments.into_iter().collect(), Box::new(app))
}

/// What makes the application is boxed, so that all of this is compiled here, and not again in the
/// crate of each application.
fn run_boxed(arguments: Vec<OsString>, app: Box<dyn FnOnce() -> App + '_>) -> Result {
    let printer = Printer::new();
    let line = Line::parse(arguments).unwrap_or_else(|message| {
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
    app: Box<dyn FnOnce() -> App + '_>,
) -> std::result::Result<(), Failed> {
    // These need no application, and work for one that is broken.
    if line.command.as_deref() == Some("explain") && !line.help && !line.version {
        return command::explain(printer, &line.rest);
    }
    let (configuration, mistakes) = settings::load(line)?;
    let app = uploads::install(app(), &configuration)
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
        return command::help(printer, &assembled);
    }
    if line.version {
        return command::version(printer, &assembled);
    }
    match line.command.as_deref().unwrap_or("serve") {
        "serve" => {
            line.nothing_more()?;
            command::serve(printer, assembled)
        }
        "check" => {
            line.nothing_more()?;
            command::check(printer, &assembled);
            Ok(())
        }
        "routes" => command::routes(printer, &line.rest, &assembled),
        "openapi" => command::openapi(printer, &line.rest, &assembled),
        "config" => command::config(printer, &line.rest, &assembled),
        other => command::own(printer, line, other, assembled),
    }
}
