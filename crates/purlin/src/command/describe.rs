//! `routes`, `openapi` and `config show`: questions that need no database and no port.

use purlin_core::{Assembled, Error, RouteInfo};

use super::Outcome;
use crate::failed::Failed;
use crate::printer::Printer;

/// Lists the routes: method, path, operation, handler, and what a request passes before it. Those
/// that the framework brings come last, and only if they are asked for.
pub(crate) fn routes(printer: Printer, rest: &[String], app: &Assembled) -> Outcome {
    if let Some(other) = rest.iter().find(|flag| !["--all", "--json"].contains(&flag.as_str())) {
        let message = format!("`routes` does not know `{other}`; it takes `--all` and `--json`");
        return Err(Failed::Usage(message));
    }
    let is_said = |flag: &str| rest.iter().any(|said| said == flag);
    let (mut shown, mut builtin) = (Vec::new(), Vec::new());
    for route in app.routes() {
        if route.builtin { &mut builtin } else { &mut shown }.push(route);
    }
    if is_said("--all") {
        shown.append(&mut builtin);
    }
    if is_said("--json") {
        return Ok(printer.data(&serde_json::to_string_pretty(&shown).map_err(Error::from)?)?);
    }
    printer.data(&table(&shown))?;
    if !builtin.is_empty() {
        let hidden = builtin.len();
        printer.talk(&format!("{hidden} more are built in; `routes --all` lists them"));
    }
    Ok(())
}

fn table(routes: &[&RouteInfo]) -> String {
    let (mut rows, mut widths) = (Vec::new(), [0; 4]);
    for route in routes {
        let row = columns(route);
        for (width, column) in widths.iter_mut().zip(&row) {
            *width = column.chars().count().max(*width);
        }
        rows.push(row);
    }
    let [methods, patterns, names, handlers] = widths;
    let mut text = String::new();
    for (route, [method, pattern, name, handler]) in routes.iter().zip(rows) {
        let mut passed = Vec::new();
        for condition in &route.conditions {
            passed.push(format!("when {condition}"));
        }
        passed.extend_from_slice(&route.steps);
        passed.extend_from_slice(&route.guards);
        let line = format!(
            "{method:<methods$}  {pattern:<patterns$}  {name:<names$}  {handler:<handlers$}  {}",
            passed.join(" → ")
        );
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

fn columns(route: &RouteInfo) -> [String; 4] {
    let name = route.operation_id.as_deref().unwrap_or("-").to_owned();
    [route.method.to_string(), route.full_pattern(), name, route.handler.to_owned()]
}

/// Writes the OpenAPI document to standard output, or to a file.
pub(crate) fn openapi(printer: Printer, rest: &[String], app: &Assembled) -> Outcome {
    let text = serde_json::to_string_pretty(app.openapi()).map_err(Error::from)?;
    match rest {
        [] => printer.data(&text)?,
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
    Ok(printer.data(&text)?)
}
