//! How an error leaves: a problem document, a page for people, or plain text.

mod development;
mod json;

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

use http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, VARY};
use http::{HeaderMap, HeaderValue, StatusCode};

use self::json::document;
use super::chain::Chain;
use super::promises::Promises;
use crate::config::Mode;
use crate::connection::Connection;
use crate::error::{Error, Panicked};
use crate::hosts;
use crate::negotiate::Accept;
use crate::pages::{self, ProblemPage};
use crate::report::Place;
use crate::request::Facts;
use crate::response::Response;
use crate::site::Recognize;

/// What all routes of an application share.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) name: String,
    pub(crate) mode: Mode,
    /// Whether the development page is also shown to other machines.
    pub(crate) expose_development: bool,
    pub(crate) request_log: bool,
    pub(crate) request_id: bool,
    pub(crate) security_headers: bool,
    /// Where it is asked whether it lives.
    pub(crate) life: Option<&'static str>,
    /// Whether anybody is told of events.
    pub(crate) has_subscribers: bool,
    /// What clients that have come over TLS are told about coming without it.
    pub(crate) hsts: Option<HeaderValue>,
    /// Where the application is described.
    pub(crate) place: Place,
    /// Reads a source file for the development page; the core itself opens no files.
    pub(crate) read_source: Option<fn(&str) -> Option<String>>,
    pub(crate) routes: OnceLock<Vec<RouteRow>>,
    /// What is declared anywhere, to say so where it is missing.
    pub(crate) recognizers: OnceLock<Vec<Recognize>>,
    /// What answers are held against; in development alone.
    pub(crate) promises: OnceLock<Promises>,
}

impl Settings {
    /// Whether whoever is at the other end may see sources, routes and causes.
    pub(crate) fn develops_for(&self, connection: &Connection, headers: &HeaderMap) -> bool {
        let is_own = || connection.knows_hosts() || is_of_this_machine(headers);
        let is_developer = || connection.is_loopback() && is_own();
        self.mode == Mode::Dev && (self.expose_development || is_developer())
    }
}

/// Whether a page of this machine asks, or the user himself. The browser of a developer also asks
/// for pages of other sites, and a site whose name leads to this machine (DNS rebinding) could read
/// what it gets; its name is in `Host` then.
pub(crate) fn is_of_this_machine(headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(HOST) else { return true };
    let host = hosts::canonical(host.to_str().unwrap_or_default());
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.ends_with(".localhost") || bare.parse::<IpAddr>().is_ok()
}

/// A row of the route table.
#[derive(Clone, Debug)]
pub(crate) struct RouteRow {
    pub(crate) method: String,
    pub(crate) pattern: String,
    pub(crate) handler: &'static str,
    pub(crate) file: &'static str,
    pub(crate) line: u32,
    pub(crate) builtin: bool,
}

impl RouteRow {
    pub(crate) fn line(&self) -> pages::RouteLine<'_> {
        pages::RouteLine {
            methods: &self.method,
            pattern: &self.pattern,
            handler: self.handler,
            place: (!self.builtin).then_some(pages::Place { file: self.file, line: self.line }),
        }
    }
}

const JSON: &str = "application/json";
const PROBLEM: &str = "application/problem+json";
const HTML: &str = "text/html";
const TEXT: &str = "text/plain";

/// The answer to an error, shown in the form the client prefers.
pub(crate) fn problem(error: Error, facts: &Facts, chain: &Chain) -> Response {
    let settings = &chain.settings;
    let develops = settings.develops_for(facts.connection(), facts.headers());
    let wanted = Accept::of(facts.headers()).best(&[PROBLEM, JSON, HTML, TEXT]);
    let mut response = match wanted {
        Some(HTML) if develops => development::page(&error, facts, chain),
        Some(TEXT) if develops => development::text(&error, facts, chain),
        Some(HTML) => page(&error, facts),
        Some(TEXT) => Response::text(error.status(), text(&error)),
        _ => document(&error, facts, chain, develops),
    };
    response.headers_mut().insert(VARY, HeaderValue::from_static("accept"));
    attach(response, error)
}

/// Gives an error that lost its status by `?` back what its type says of it, where the route
/// declares the type; where only others do, the development page says what to add.
pub(crate) fn recognize(mut error: Error, chain: &Chain) -> Error {
    if let Some(outline) = chain.recognizers.iter().find_map(|recognize| recognize(&error)) {
        error.adopt(outline);
        return error;
    }
    let all = chain.settings.recognizers.get().map(Vec::as_slice).unwrap_or_default();
    match all.iter().find_map(|recognize| recognize(&error)) {
        Some(outline) if error.help().is_none() => {
            let kind = crate::report::shorten(error.kind());
            let status = outline.status.as_u16();
            error.with_help(format!(
                "this would be a {status} on a route that declares it: return `Result<_, {kind}>`, or call `.problem::<{kind}>()` on the routes"
            ))
        }
        _ => error,
    }
}

/// The place of an error in the application: of the panic, of the `?`, or else of the handler.
fn place(error: &Error, chain: &Chain) -> Option<(String, u32)> {
    if let Some(panicked) = error.find::<Panicked>() {
        return panicked.place().map(|(file, line)| (file.to_owned(), line));
    }
    let place = error.place();
    if !is_of_library(place.file()) {
        return Some((place.file().to_owned(), place.line()));
    }
    // A problem that was returned became an error in here, which tells nobody anything: it is the
    // handler that returned it, or what the handler takes.
    let handler = chain.facts.place;
    // Where no route was found, there is no handler either.
    let is_known = !handler.file.is_empty() && !is_of_library(handler.file);
    let is_typed = error.kind() != "purlin::Error";
    (is_typed && is_known).then(|| (handler.file.to_owned(), handler.line))
}

/// Whether a file is of a library or of the toolchain. Those of the application are named relative
/// to its workspace, and may have any names in it; libraries by where cargo keeps them.
fn is_of_library(file: &str) -> bool {
    const FOLDERS: [&str; 4] = ["/registry/src/", "/git/checkouts/", "/rustc/", "/rustlib/"];
    let file = file.replace('\\', "/");
    let is_absolute = file.starts_with('/') || file.as_bytes().get(1) == Some(&b':');
    file.contains("purlin-core/src/")
        || is_absolute && FOLDERS.iter().any(|folder| file.contains(folder))
}

/// The last resort, when an error handler itself has failed.
pub(crate) fn plain(error: Error, facts: &Facts, chain: &Chain) -> Response {
    report(&error, facts, chain);
    let body = "{\"type\":\"about:blank\",\"title\":\"Internal Server Error\",\"status\":500,\"code\":\"internal_error\",\"request_id\":\"";
    let body = format!("{body}{}\"}}", facts.id());
    let response = Response::with_body(StatusCode::INTERNAL_SERVER_ERROR, PROBLEM, body);
    attach(response, error)
}

/// The headers of the error, and the error itself for the log and for steps further out.
fn attach(mut response: Response, mut error: Error) -> Response {
    let headers = std::mem::take(error.headers_mut());
    let mut last = None;
    for (name, value) in headers {
        if let Some(name) = name.or_else(|| last.clone()) {
            response.headers_mut().append(name.clone(), value);
            last = Some(name);
        }
    }
    response.extensions_mut().insert(Arc::new(error));
    response
}

/// Writes what is the server's fault to the log, with the whole chain of causes.
pub(crate) fn report(error: &Error, facts: &Facts, chain: &Chain) {
    if !error.status().is_server_error() || !error.is_logged() {
        return;
    }
    let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
    let place =
        place(error, chain).map(|(file, line)| format!("{file}:{line}")).unwrap_or_default();
    tracing::error!(
        target: "purlin::error",
        method = %facts.method(),
        path = %facts.path(),
        code = %error.code(),
        place = %place,
        causes = %causes.join(": "),
        request.id = %facts.id(),
        "{error}"
    );
}

fn page(error: &Error, facts: &Facts) -> Response {
    let nonce = nonce();
    let status = error.status();
    let html = pages::problem(&ProblemPage {
        status: status.as_u16(),
        title: title(status),
        detail: error.detail().unwrap_or_default(),
        request_id: &facts.id().to_string(),
        nonce: &nonce,
    });
    with_policy(Response::html(status, html), &nonce)
}

pub(crate) fn with_policy(mut response: Response, nonce: &str) -> Response {
    if let Ok(policy) = HeaderValue::try_from(pages::content_security_policy(nonce)) {
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    response
}

fn text(error: &Error) -> String {
    let mut out = format!("{} {}\n", error.status().as_u16(), title(error.status()));
    if let Some(detail) = error.detail() {
        out.push_str(detail);
        out.push('\n');
    }
    for fault in error.faults() {
        out.push_str(&format!("- {fault}\n"));
    }
    out
}

pub(crate) fn title(status: StatusCode) -> &'static str {
    status.canonical_reason().unwrap_or("Error")
}

/// 128 random bits for a content security policy. Where the system has none to give, the page goes
/// without: browsers then show it without style and script.
pub(crate) fn nonce() -> String {
    let mut bits = [0u8; 16];
    match getrandom::fill(&mut bits) {
        Ok(()) => format!("{:032x}", u128::from_ne_bytes(bits)),
        Err(error) => {
            tracing::error!(target: "purlin", %error, "the system gives no random numbers");
            String::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_of_library;

    #[test]
    fn libraries_lie_where_cargo_keeps_them() {
        for file in [
            "/opt/cargo/registry/src/index.crates.io-1949cf8c/purlin-core-0.1.0/src/lib.rs",
            "/opt/cargo/git/checkouts/purlin-2f1d/8cf2139/crates/purlin-server/src/lib.rs",
            r"C:\cargo\git\checkouts\purlin-2f1d\8cf2139\crates\purlin-server\src\lib.rs",
            "/rustc/59807616/library/core/src/ops/function.rs",
        ] {
            assert!(is_of_library(file), "{file}");
        }
        for file in ["src/registry/mod.rs", "crates/registry/src/lib.rs", "/srv/site/src/lib.rs"] {
            assert!(!is_of_library(file), "{file}");
        }
    }
}
