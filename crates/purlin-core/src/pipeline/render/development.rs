//! The development page: everything a developer wants to know about a failed request.

use std::backtrace::Backtrace;
use std::borrow::Cow;

use http::HeaderMap;

use super::super::chain::Chain;
use super::{RouteRow, nonce, title, with_policy};
use crate::error::Error;
use crate::pages::{self, DevelopmentPage, Fault, Frame, Place, RequestFacts, SourceLine};
use crate::pattern::decode;
use crate::request::Facts;
use crate::response::Response;

/// Lines shown before and after the one that failed.
const AROUND: u32 = 6;

/// Header fields whose value is a secret.
const SECRETS: [&str; 5] = ["authorization", "cookie", "proxy-authorization", "token", "api-key"];

/// The page for browsers.
pub(super) fn page(error: &Error, facts: &Facts, chain: &Chain) -> Response {
    let nonce = nonce();
    let html = with_facts(error, facts, chain, &nonce, pages::development);
    with_policy(Response::html(error.status(), html), &nonce)
}

/// The same for terminals.
pub(super) fn text(error: &Error, facts: &Facts, chain: &Chain) -> Response {
    let text = with_facts(error, facts, chain, "", pages::development_text);
    Response::text(error.status(), text)
}

/// Gathers everything that is known, and writes it down.
fn with_facts(
    error: &Error,
    facts: &Facts,
    chain: &Chain,
    nonce: &str,
    write: fn(&DevelopmentPage<'_>) -> String,
) -> String {
    let status = error.status();
    let place = super::place(error, chain);
    let (file, line) = place.clone().unwrap_or_default();
    let source = chain.settings.read_source.and_then(|read| read(&file));
    let source = source.as_deref().map(|text| excerpt(text, line)).unwrap_or_default();
    let mut causes = Vec::new();
    for cause in error.chain().skip(usize::from(!error.is_public())) {
        causes.push(cause.to_string());
    }
    let causes: Vec<&str> = causes.iter().map(String::as_str).collect();
    let frames = error.backtrace().map(frames).unwrap_or_default();
    let frames: Vec<Frame<'_>> = frames.iter().map(OwnedFrame::borrow).collect();
    let mut parts = Vec::new();
    for fault in error.faults() {
        parts.push(format!("{:?}", fault.within).to_lowercase());
    }
    let mut faults = Vec::new();
    for (part, fault) in parts.iter().zip(error.faults()) {
        let crate::error::Fault { pointer, code, message, .. } = fault;
        faults.push(Fault { part, pointer, code, message });
    }
    let headers = headers(facts.headers());
    let headers: Vec<(&str, &str)> =
        headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let parameters = path_parameters(facts, &chain.facts.parameters);
    let parameters: Vec<(&str, &str)> =
        parameters.iter().map(|(name, value)| (*name, &**value)).collect();
    let (id, peer) = (facts.id().to_string(), facts.connection().to_string());
    let rows = chain.settings.routes.get().map(Vec::as_slice).unwrap_or_default();
    let routes: Vec<_> = rows.iter().map(RouteRow::line).collect();
    write(&DevelopmentPage {
        status: status.as_u16(),
        title: title(status),
        code: error.code(),
        message: &error.to_string(),
        error_type: error.kind(),
        help: error.help(),
        causes: &causes,
        place: place.is_some().then_some(Place { file: &file, line }),
        source: &source,
        backtrace: &frames,
        request: RequestFacts {
            method: facts.method().as_str(),
            path: facts.path(),
            query: facts.uri().query().unwrap_or_default(),
            headers: &headers,
            path_parameters: &parameters,
            id: &id,
            peer: &peer,
        },
        faults: &faults,
        routes: &routes,
        nonce,
    })
}

fn excerpt(text: &str, line: u32) -> Vec<SourceLine<'_>> {
    let first = line.saturating_sub(AROUND).max(1);
    let mut lines = Vec::new();
    for (number, text) in (1..=line + AROUND).zip(text.lines()) {
        if number >= first {
            lines.push(SourceLine { number, text, is_the_line: number == line });
        }
    }
    lines
}

struct OwnedFrame {
    function: String,
    place: Option<(String, u32)>,
}

impl OwnedFrame {
    fn borrow(&self) -> Frame<'_> {
        let place = self.place.as_ref().map(|(file, line)| Place { file, line: *line });
        Frame { function: &self.function, place, in_app: self.is_in_app() }
    }

    fn is_in_app(&self) -> bool {
        let Some((file, _)) = &self.place else { return false };
        !super::is_of_library(file) && !self.function.trim_start_matches('<').starts_with("purlin_")
    }
}

/// Reads the frames of a backtrace from its text: the standard library offers no other way.
fn frames(backtrace: &Backtrace) -> Vec<OwnedFrame> {
    let mut frames: Vec<OwnedFrame> = Vec::new();
    for line in backtrace.to_string().lines() {
        let line = line.trim_start();
        if let Some(place) = line.strip_prefix("at ") {
            if let Some(frame) = frames.last_mut() {
                frame.place = parse_place(place);
            }
        } else if let Some((_, function)) = line.split_once(": ") {
            frames.push(OwnedFrame { function: function.to_owned(), place: None });
        }
    }
    let is_noise = |frame: &OwnedFrame| {
        let name = frame.function.trim_start_matches('<');
        [
            "std::",
            "core::",
            "tokio::",
            "alloc::",
            "rust_begin_unwind",
            "__rust",
            "__libc",
            "_start",
            "main",
        ]
        .iter()
        .any(|noise| name.starts_with(noise))
    };
    frames.retain(|frame| !is_noise(frame));
    frames
}

/// `./src/main.rs:12:5`
fn parse_place(text: &str) -> Option<(String, u32)> {
    let (rest, _column) = text.rsplit_once(':')?;
    let (file, line) = rest.rsplit_once(':')?;
    Some((file.trim_start_matches("./").to_owned(), line.parse().ok()?))
}

/// The parameters of the path, decoded where they can be.
fn path_parameters<'f>(facts: &'f Facts, names: &'f [String]) -> Vec<(&'f str, Cow<'f, str>)> {
    let all = names.iter().enumerate().filter_map(|(index, name)| {
        let raw = facts.capture(index)?;
        Some((name.as_str(), decode(raw).unwrap_or(Cow::Borrowed(raw))))
    });
    all.collect()
}

fn headers(headers: &HeaderMap) -> Vec<(String, String)> {
    let all = headers.iter().map(|(name, value)| {
        let secret = SECRETS.iter().any(|secret| name.as_str().contains(secret));
        let value =
            if secret { "[secret]".into() } else { String::from_utf8_lossy(value.as_bytes()) };
        (name.as_str().to_owned(), value.into_owned())
    });
    all.collect()
}
