//! The subcommands of an application's binary.

mod describe;
mod own;
mod serve;

use std::pin::Pin;

use purlin_core::{Assembled, Result};
use tokio::runtime::Runtime;

pub(crate) use self::describe::{config, openapi, routes};
pub(crate) use self::own::own;
pub(crate) use self::serve::serve;
use crate::failed::Failed;
use crate::printer::Printer;

type Outcome = std::result::Result<(), Failed>;

const OWN: [(&str, &str); 6] = [
    ("serve", "Serve the application (the default)"),
    ("check", "Report every mistake in the application"),
    ("routes", "List the routes; --all with the built-in ones, --json for programs"),
    ("openapi", "Write the OpenAPI document; --out FILE"),
    ("config show", "List the configuration and where each value comes from"),
    ("explain CODE", "Explain an error code"),
];

/// Runs a future to its end. Boxed, so that the loop of the runtime is compiled for one type of it.
fn block_on<'f>(runtime: &Runtime, work: impl Future<Output = Result> + 'f) -> Result {
    let work: Pin<Box<dyn Future<Output = Result> + 'f>> = Box::pin(work);
    runtime.block_on(work)
}

/// `--help`
pub(crate) fn help(printer: Printer, app: &Assembled) -> Outcome {
    let mut text =
        format!("{}\n\nUsage: {} [FLAGS] [COMMAND]\n\nCommands:\n", app.name(), app.name());
    let own = OWN.iter().map(|(name, about)| ((*name).to_owned(), *about));
    for (name, about) in own.chain(app.commands().map(|info| (info.name.to_owned(), info.about))) {
        text.push_str(&format!("  {name:<14} {about}\n"));
    }
    text.push_str(
        "\nFlags:\n  --host HOST        The address to listen on\n  --port PORT        The port to listen on\n  --threads N        The number of worker threads\n  --mode MODE        dev, test or prod\n  --config FILE      The configuration file\n  --set KEY=VALUE    Any key of the configuration\n  -h, --help         This text\n  -V, --version      The version\n",
    );
    Ok(printer.data(&text)?)
}

/// `--version`
pub(crate) fn version(printer: Printer, app: &Assembled) -> Outcome {
    let version = app.version();
    let purlin = env!("CARGO_PKG_VERSION");
    Ok(printer.data(&format!("{} {version} (purlin {purlin})", app.name()))?)
}

/// `check`: there is nothing left to do, an application with mistakes never comes here.
pub(crate) fn check(printer: Printer, app: &Assembled) {
    let routes = app.routes().iter().filter(|route| !route.builtin).count();
    let plural = if routes == 1 { "" } else { "s" };
    printer.talk(&format!("{}: {routes} route{plural}, no problem", app.name()));
}

/// `explain P0107`
pub(crate) fn explain(printer: Printer, rest: &[String]) -> Outcome {
    let [code] = rest else {
        return Err(Failed::Usage("`explain` takes one code: `explain P0107`".to_owned()));
    };
    match crate::explain::page(&code.to_ascii_uppercase()) {
        Some(page) => Ok(printer.data(page)?),
        None => Err(Failed::Usage(format!("there is no error code `{code}`"))),
    }
}
