//! `routes`, `openapi` and `config show`: questions that need no database and no port.

use purlin_core::{Assembled, Error, RouteInfo};

use super::Outcome;
use crate::failed::Failed;
use crate::printer::Printer;

/// Lists the routes: method, path, handler, operation, steps.
pub(crate) fn routes(printer: Printer, rest: &[String], app: &Assembled) -> Outcome {
    match rest {
        [] => printer.data(&table(app.routes())),
        [flag] if flag == "--json" => {
            printer.data(&serde_json::to_string_pretty(app.routes()).map_err(Error::from)?);
        }
        _ => return Err(Failed::Usage("`routes` takes `--json` or nothing".to_owned())),
    }
    Ok(())
}

fn table(routes: &[RouteInfo]) -> String {
    let width = |column: fn(&RouteInfo) -> usize| routes.iter().map(column).max().unwrap_or(0);
    let methods = width(|route| route.method.as_str().len());
    let patterns = width(|route| route.pattern.chars().count());
    let handlers = width(|route| route.handler.chars().count());
    let mut text = String::new();
    for route in routes {
        let (method, pattern, handler) = (route.method.as_str(), &route.pattern, route.handler);
        let steps = route.steps.join(" → ");
        let line =
            format!("{method:<methods$}  {pattern:<patterns$}  {handler:<handlers$}  {steps}");
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Writes the OpenAPI document to standard output, or to a file.
pub(crate) fn openapi(printer: Printer, rest: &[String], app: &Assembled) -> Outcome {
    let text = serde_json::to_string_pretty(app.openapi()).map_err(Error::from)?;
    match rest {
        [] => printer.data(&text),
        [flag, file] if flag == "--out" => write(file, &text)?,
        [both] if both.starts_with("--out=") => write(&both["--out=".len()..], &text)?,
        _ => return Err(Failed::Usage("`openapi` takes `--out FILE` or nothing".to_owned())),
    }
    Ok(())
}

fn write(file: &str, text: &str) -> Outcome {
    std::fs::write(file, format!("{text}\n"))
        .map_err(|error| Error::from(error).context(format!("cannot write `{file}`")))?;
    Ok(())
}

/// Lists the configuration: every key, its value and where that comes from. Secrets are masked.
pub(crate) fn config(printer: Printer, rest: &[String], app: &Assembled) -> Outcome {
    if !matches!(rest, [show] if show == "show") {
        return Err(Failed::Usage("`config` takes `show`".to_owned()));
    }
    let rows = app.explain_configuration();
    let keys = rows.iter().map(|row| row.key.chars().count()).max().unwrap_or(0);
    let values = rows.iter().map(|row| row.value.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for row in rows {
        text.push_str(&format!("{:<keys$}  {:<values$}  {}\n", row.key, row.value, row.origin));
    }
    printer.data(&text);
    Ok(())
}
