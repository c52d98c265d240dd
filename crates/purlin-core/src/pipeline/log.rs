//! One line of the log for each request.

use std::time::{Duration, Instant};

use http::header::CONTENT_LENGTH;

use super::chain::Chain;
use crate::request::Facts;
use crate::response::Response;

/// Writes the line: method, path, route, status, time until the answer, size, id.
pub(crate) fn request(facts: &Facts, chain: &Chain, response: &Response, started: Instant) {
    let took = started.elapsed();
    let bytes = match response.body().as_bytes() {
        Some(body) if !body.is_empty() => Some(body.len()),
        _ => response.header(CONTENT_LENGTH).and_then(|length| length.parse().ok()),
    };
    tracing::info!(
        target: "purlin::request",
        method = %facts.method(),
        path = facts.path().escape_debug().to_string(),
        route = chain.facts.pattern,
        status = response.status().as_u16(),
        ms = milliseconds(took),
        bytes,
        peer = facts.connection().named(),
        request.id = %facts.id(),
        "request"
    );
}

/// Writes the line of a request that nobody waits for any more.
#[cold]
pub(crate) fn given_up(facts: &Facts, chain: &Chain, started: Instant) {
    tracing::info!(
        target: "purlin::request",
        method = %facts.method(),
        path = facts.path().escape_debug().to_string(),
        route = chain.facts.pattern,
        ms = milliseconds(started.elapsed()),
        peer = facts.connection().named(),
        request.id = %facts.id(),
        "request given up"
    );
}

/// Milliseconds with three digits, without the noise of a fraction that has no end.
fn milliseconds(took: Duration) -> f64 {
    u32::try_from(took.as_micros()).map_or(f64::INFINITY, f64::from) / 1000.0
}
