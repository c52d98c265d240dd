//! The conformance checker: any document and any answer, and it lists what is wrong in few words.
//!
//! Input: `METHOD PATTERN STATUS`, fields as `name: value`, an empty line, the document on one line,
//! and the body.

#![no_main]

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use libfuzzer_sys::fuzz_target;
use purlin_core::__private::schema::MOST_FAULTS;
use purlin_core::openapi::conformance::violations;
use purlin_fuzz::Sheet;
use serde_json::Value;

fuzz_target!(|data: &[u8]| {
    run(data);
});

fn run(data: &[u8]) -> Option<()> {
    let mut sheet = Sheet::new(data);
    let mut words = sheet.text()?.split(' ');
    let method = Method::from_bytes(words.next()?.as_bytes()).ok()?;
    let pattern = words.next()?;
    let status = words.next()?.parse::<StatusCode>().ok()?;
    let mut headers = HeaderMap::new();
    for line in sheet.block() {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let name = HeaderName::from_bytes(&line[..colon]).ok()?;
        headers.append(name, HeaderValue::from_bytes(line[colon + 1..].trim_ascii()).ok()?);
    }
    let document: Value = serde_json::from_slice(sheet.line()).ok()?;
    let body = sheet.rest();
    let found = violations(&document, &method, pattern, status, &headers, Some(body));
    let length: usize = found.iter().map(String::len).sum();
    let context = || format!("{found:?}: {document} {status} {headers:?} {body:?}");
    assert!(length <= (MOST_FAULTS + 1) * (data.len() + 500), "{}", context());
    let is_promised = promises(&document, &method, pattern, status);
    assert!(is_promised || !found.is_empty() || may_always_come(&method, status), "{}", context());
    let bare = violations(&document, &method, pattern, status, &headers, None);
    assert!(bare.len() <= found.len() || found.is_empty(), "{}", context());
    Some(())
}

/// Whether the document has the operation and the status at all.
fn promises(document: &Value, method: &Method, pattern: &str, status: StatusCode) -> bool {
    let path = pattern.replace("{*", "{");
    let operations = &document["paths"][path];
    let own = &operations[method.as_str().to_lowercase()];
    let head = *method == Method::HEAD && !own.is_object();
    let responses = if head { &operations["get"]["responses"] } else { &own["responses"] };
    let range = format!("{}XX", status.as_str().split_at(1).0);
    ["default", status.as_str(), &range].iter().any(|key| responses.get(key).is_some())
}

/// What needs no promise: problems of the framework, and methods that OpenAPI does not know.
fn may_always_come(method: &Method, status: StatusCode) -> bool {
    const KNOWN: [&str; 8] = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"];
    let is_known = KNOWN.contains(&method.as_str());
    let is_own = matches!(status.as_u16(), 400 | 404 | 405 | 414 | 417 | 431);
    !is_known || is_own || status.is_server_error()
}
