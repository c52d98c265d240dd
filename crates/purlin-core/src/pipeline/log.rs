//! One line of the log for each request.

use std::time::Instant;

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
        ms = took.as_secs_f64() * 1000.0,
        bytes,
        peer = facts.connection().peer().map(tracing::field::display),
        request.id = %facts.id(),
        "request"
    );
}
