//! The report: the development error page as plain text.

use std::fmt::Write;

use super::facts::{DevelopmentPage, Fault, RequestFacts};

/// Returns the development error page as plain text, for a terminal and for the clipboard.
pub(crate) fn development_text(page: &DevelopmentPage<'_>) -> String {
    let mut out = String::with_capacity(4 * 1024);
    write_report(&mut out, page).unwrap_or_default();
    out
}

fn write_report(out: &mut String, page: &DevelopmentPage<'_>) -> std::fmt::Result {
    writeln!(out, "{} {}: {}", page.status, page.title, page.headline())?;
    if let Some(at) = page.place {
        writeln!(out, "  --> {}:{}", at.file, at.line)?;
    }
    for (name, value) in [("type", page.error_type), ("code", page.code)] {
        if !value.is_empty() {
            writeln!(out, "  {name}: {value}")?;
        }
    }
    if let Some(help) = page.help.filter(|help| !help.is_empty()) {
        writeln!(out, "\nhelp: {help}")?;
    }
    heading(out, "faults", page.faults.is_empty())?;
    for fault in page.faults {
        let Fault { part, pointer, code, message } = fault;
        writeln!(out, "  {part} {pointer}: {message} ({code})")?;
    }
    heading(out, "source", page.source.is_empty())?;
    for line in page.source {
        let mark = if line.is_the_line { '>' } else { ' ' };
        writeln!(out, "{mark} {:>5} | {}", line.number, line.text)?;
    }
    heading(out, "caused by", page.causes.is_empty())?;
    for cause in page.causes {
        writeln!(out, "  {cause}")?;
    }
    heading(out, "backtrace", page.backtrace.is_empty())?;
    for (index, frame) in page.backtrace.iter().enumerate() {
        let mark = if frame.in_app { '>' } else { ' ' };
        writeln!(out, "{mark} {index:>3} {}", frame.function)?;
        if let Some(at) = frame.place {
            writeln!(out, "        {}:{}", at.file, at.line)?;
        }
    }
    write_request(out, &page.request)?;
    heading(out, "routes", page.routes.is_empty())?;
    for route in page.routes {
        write!(out, "  {:<7} {}  {}", route.methods, route.pattern, route.handler)?;
        if let Some(at) = route.place {
            write!(out, "  {}:{}", at.file, at.line)?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn heading(out: &mut String, heading: &str, is_empty: bool) -> std::fmt::Result {
    if is_empty { Ok(()) } else { writeln!(out, "\n{heading}:") }
}

fn write_request(out: &mut String, request: &RequestFacts<'_>) -> std::fmt::Result {
    heading(out, "request", false)?;
    write!(out, "  {} {}", request.method, request.path)?;
    if !request.query.is_empty() {
        write!(out, "?{}", request.query)?;
    }
    writeln!(out)?;
    for (name, value) in [("request id", request.id), ("peer", request.peer)] {
        if !value.is_empty() {
            writeln!(out, "  {name}: {value}")?;
        }
    }
    for (name, value) in request.path_parameters {
        writeln!(out, "  {{{name}}} = {value}")?;
    }
    for (name, value) in request.headers {
        writeln!(out, "  {name}: {value}")?;
    }
    Ok(())
}
