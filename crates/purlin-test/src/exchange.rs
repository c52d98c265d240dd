//! What was asked and what came, as a failing test prints it.

use std::fmt::{self, Write as _};
use std::panic::Location;
use std::sync::Arc;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Method, StatusCode, Uri};
use purlin_core::{Error, RouteFacts};
use serde_json::Value;

/// How much of a body is printed.
const MOST: usize = 16 * 1024;

/// One request and its answer.
pub(crate) struct Exchange {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) request_headers: HeaderMap,
    /// `None` where it was streamed.
    pub(crate) request_body: Option<Bytes>,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) trailers: Option<HeaderMap>,
    /// What was read of the body.
    pub(crate) body: Bytes,
    /// Why the body ended before its end.
    pub(crate) broken: Option<String>,
    pub(crate) error: Option<Arc<Error>>,
    pub(crate) route: Arc<RouteFacts>,
    /// The redirects that led here.
    pub(crate) hops: Vec<String>,
    /// The cookies of the answer that the client did not keep, and why.
    pub(crate) refused: Vec<String>,
    /// Where the test wrote the request.
    pub(crate) place: &'static Location<'static>,
}

impl fmt::Display for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "── request, written at {} ──", self.place)?;
        for hop in &self.hops {
            writeln!(f, "({hop})")?;
        }
        writeln!(f, "{} {} HTTP/1.1", self.method, self.uri)?;
        write_headers(f, &self.request_headers)?;
        match &self.request_body {
            Some(body) => write_body(f, &self.request_headers, body)?,
            None => writeln!(f, "\n(a stream)")?,
        }
        writeln!(f, "── answer{} ──", self.answered_by())?;
        let reason = self.status.canonical_reason().unwrap_or_default();
        writeln!(f, "HTTP/1.1 {} {reason}", self.status.as_u16())?;
        write_headers(f, &self.headers)?;
        for refused in &self.refused {
            writeln!(f, "({refused})")?;
        }
        write_body(f, &self.headers, &self.body)?;
        if let Some(trailers) = &self.trailers {
            writeln!(f)?;
            write_headers(f, trailers)?;
        }
        if let Some(why) = &self.broken {
            writeln!(f, "(the body broke off: {why})")?;
        }
        match &self.error {
            Some(error) => write_error(f, error),
            None => Ok(()),
        }
    }
}

impl Exchange {
    fn answered_by(&self) -> String {
        let (method, pattern) = (self.route.method(), self.route.pattern());
        if pattern.is_empty() {
            return ", by no route".to_owned();
        }
        let place = self.route.place();
        format!(" of `{method} {pattern}`, {} at {place}", place.what)
    }
}

fn write_headers(f: &mut fmt::Formatter<'_>, headers: &HeaderMap) -> fmt::Result {
    for (name, value) in headers {
        writeln!(f, "{name}: {}", String::from_utf8_lossy(value.as_bytes()))?;
    }
    Ok(())
}

fn write_body(f: &mut fmt::Formatter<'_>, headers: &HeaderMap, body: &[u8]) -> fmt::Result {
    if body.is_empty() {
        return Ok(());
    }
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let Ok(text) = std::str::from_utf8(body) else {
        return writeln!(f, "\n({} bytes)", body.len());
    };
    let mut text = text.to_owned();
    if media_type.is_some_and(|media_type| media_type.contains("json"))
        && let Ok(value) = serde_json::from_str::<Value>(&text)
    {
        text = format!("{value:#}");
    }
    let end = text.char_indices().map(|(at, _)| at).find(|at| *at >= MOST).unwrap_or(text.len());
    writeln!(f, "\n{}", &text[..end])?;
    if end < text.len() {
        writeln!(f, "(and {} bytes more)", text.len() - end)?;
    }
    Ok(())
}

/// The error behind an answer, with everything that the client does not see.
fn write_error(f: &mut fmt::Formatter<'_>, error: &Error) -> fmt::Result {
    let mut text = String::new();
    let _ = write!(text, "{error:?}");
    writeln!(f, "── the error behind it, made at {} ──", error.place())?;
    writeln!(f, "{text}")?;
    match error.help() {
        Some(help) => writeln!(f, "help: {help}"),
        None => Ok(()),
    }
}
