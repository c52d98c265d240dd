//! What the terminal says when the server is up.

use std::net::SocketAddr;

use purlin_core::Assembled;

use crate::printer::Printer;

/// Name, mode and addresses, and how to stop.
pub(crate) fn print(printer: Printer, app: &Facts, address: SocketAddr) {
    let origin = format!("http://{address}");
    let mut text = format!(
        "\n  {} {} {}\n\n",
        printer.paint("1", &app.name),
        printer.paint("2", &app.version),
        printer.paint("33", &app.mode),
    );
    let mut row = |what: &str, url: &str| {
        text.push_str(&format!("  {what:<9} {}\n", printer.paint("36;4", url)));
    };
    row("listening", &origin);
    if let Some(docs) = app.docs {
        row("docs", &format!("{origin}{docs}"));
    }
    text.push_str(&format!(
        "\n  {}\n",
        printer.paint("2", "Ctrl-C stops it, a second one at once")
    ));
    printer.talk(&text);
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
        let version = app.openapi()["info"]["version"].as_str().unwrap_or_default();
        Self {
            name: app.name().to_owned(),
            version: version.to_owned(),
            mode: app.mode().to_string(),
            docs: app.docs_path(),
        }
    }
}
