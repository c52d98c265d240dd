//! What the terminal says when the server is up.

use purlin_core::Assembled;
use purlin_server::Bound;

use crate::printer::Printer;

/// Name, mode and addresses, and how to stop.
pub(crate) fn print(printer: Printer, app: &Facts, bound: &[Bound]) {
    let mut text = format!(
        "\n  {} {} {}\n\n",
        printer.paint("1", &app.name),
        printer.paint("2", &app.version),
        printer.paint("33", &app.mode),
    );
    let mut row = |what: &str, url: &str| {
        text.push_str(&format!("  {what:<9} {}\n", printer.paint("36;4", url)));
    };
    for address in bound {
        row("listening", &origin(address));
    }
    let port = bound.iter().find(|address| matches!(address, Bound::Tcp(_)));
    if let (Some(docs), Some(port)) = (app.docs, port) {
        row("docs", &format!("{}{docs}", origin(port)));
    }
    text.push_str(&format!(
        "\n  {}\n",
        printer.paint("2", "Ctrl-C stops it, a second one at once")
    ));
    printer.talk(&text);
}

/// A port is shown as what a browser takes.
fn origin(address: &Bound) -> String {
    match address {
        Bound::Tcp(address) => format!("http://{address}"),
        other => other.to_string(),
    }
}

/// What the banner shows of an application.
pub(crate) struct Facts {
    name: String,
    version: String,
    mode: String,
    docs: Option<&'static str>,
}

impl Facts {
    pub(crate) fn of(app: &Assembled) -> Self {
        Self {
            name: app.name().to_owned(),
            version: app.version().to_owned(),
            mode: app.mode().to_string(),
            docs: app.docs_path(),
        }
    }
}
