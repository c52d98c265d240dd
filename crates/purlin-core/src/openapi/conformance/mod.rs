//! Holds an answer against the document: is this what was promised?
//!
//! The test kit asks this of every answer, so that a document that a client was generated from
//! stays true; in development the service asks it, too, and logs what differs. Problem documents that
//! any route may answer with, because the framework itself wrote them, need not be promised one by
//! one; see [`violations`].

mod media;
mod promise;

use std::borrow::Cow;

use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, Method, StatusCode};
use serde_json::{Value, json};

use self::media::{essence, is_json, is_text, matches};
use self::promise::{Promise, is_describable, operation, promises};
use crate::schema::{Violation, check, scalar};

const PROBLEM: &str = "application/problem+json";

/// Lists everything in an answer that the document does not promise; empty when all is well.
///
/// `pattern` is the path as the route states it, prefixes included: `/books/{id}`,
/// `/files/{*rest}`. `body` is `None` for a body that is streamed, of which nothing is looked at.
///
/// Accepted without being documented, as problem documents (or as the page or text that one of
/// them becomes for clients that prefer it): 400 with `invalid_host`, `invalid_target` or
/// `invalid_transfer_encoding`, 405, 414, 417, 431 and every 5xx. Methods that OpenAPI has no place
/// for, such as PURGE, promise nothing.
///
/// ```
/// use http::{HeaderMap, Method, StatusCode};
/// use purlin_core::openapi::conformance::violations;
/// use serde_json::json;
///
/// let document = json!({ "paths": { "/": { "get": { "responses": { "200": {} } } } } });
/// let found =
///     violations(&document, &Method::GET, "/", StatusCode::CREATED, &HeaderMap::new(), Some(b""));
/// assert_eq!(found, ["`GET /` promises 200, and 201 came"]);
/// ```
pub fn violations(
    document: &Value,
    method: &Method,
    pattern: &str,
    status: StatusCode,
    headers: &HeaderMap,
    body: Option<&[u8]>,
) -> Vec<String> {
    let answer = Answer { document, method, pattern, status, headers, body };
    answer.disagreements().into_iter().map(Disagreement::with_value).collect()
}

/// Whether the document has an operation for exactly this method and pattern.
pub(crate) fn is_documented(document: &Value, method: &Method, pattern: &str) -> bool {
    is_describable(method) && operation(document, method, pattern).is_some()
}

/// One way in which an answer is not what the document says.
#[derive(Debug)]
pub(crate) struct Disagreement {
    /// Which way, whatever the values are: a keyword of JSON Schema, a header, the status.
    pub(crate) kind: Cow<'static, str>,
    /// Where in the body; empty for the whole of it, and for what is not in the body.
    pub(crate) pointer: String,
    /// What the document says, and which answer it is about.
    pub(crate) message: String,
    /// What came instead, where it is a value of the body.
    value: Option<String>,
}

impl Disagreement {
    fn new(kind: impl Into<Cow<'static, str>>, message: String) -> Self {
        Self { kind: kind.into(), pointer: String::new(), message, value: None }
    }

    fn with_value(self) -> String {
        match self.value {
            Some(value) => format!("{}, and {value}", self.message),
            None => self.message,
        }
    }
}

/// What came, and what it is held against.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answer<'a> {
    pub(crate) document: &'a Value,
    pub(crate) method: &'a Method,
    pub(crate) pattern: &'a str,
    pub(crate) status: StatusCode,
    pub(crate) headers: &'a HeaderMap,
    /// Absent where it is not looked at.
    pub(crate) body: Option<&'a [u8]>,
}

impl Answer<'_> {
    /// Everything in which it is not what the document says.
    pub(crate) fn disagreements(&self) -> Vec<Disagreement> {
        let Self { document, method, pattern, status, .. } = *self;
        if !is_describable(method) || self.is_from_the_framework() {
            return Vec::new();
        }
        let Some(responses) = promises(document, method, pattern) else {
            let message = format!("the document has no operation `{method} {pattern}`");
            return vec![Disagreement::new("operation", message)];
        };
        let Some(promise) = Promise::find(responses, status) else {
            let known = promise::statuses(responses);
            let came = status.as_u16();
            let message = format!("`{method} {pattern}` promises {known}, and {came} came");
            return vec![Disagreement::new("status", message)];
        };
        let mut found = self.check_headers(&promise);
        found.extend(self.check_body(&promise));
        found
    }

    fn content_type(&self) -> &str {
        self.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body, where its media type says what its bytes are (RFC 9110 §8.4).
    fn readable(&self) -> Option<&[u8]> {
        self.body.filter(|_| !self.headers.contains_key(CONTENT_ENCODING))
    }

    fn json(&self) -> Option<Value> {
        serde_json::from_slice(self.readable()?).ok()
    }

    /// The answer in a message: "200 of `GET /books/{id}`".
    fn name(&self) -> String {
        format!("{} of `{} {}`", self.status.as_u16(), self.method, self.pattern)
    }

    /// RFC 9110 §9.3.2, §15.3.5, §15.4.5: whatever the headers say, nothing follows them.
    fn is_bodiless(&self) -> bool {
        self.status.is_informational()
            || matches!(self.status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED)
    }

    /// Whether this is a problem that any route may answer with.
    fn is_from_the_framework(&self) -> bool {
        let is_own = match self.status.as_u16() {
            400 => self.is_refusal(),
            405 | 414 | 417 | 431 => true,
            status => (500..=599).contains(&status),
        };
        is_own
            && match essence(self.content_type()) {
                "text/html" | "text/plain" => true,
                PROBLEM => {
                    self.method == Method::HEAD || self.readable().is_none() || self.is_problem()
                }
                _ => false,
            }
    }

    /// Whether the request was refused before a route was looked for.
    fn is_refusal(&self) -> bool {
        const CODES: [&str; 3] = ["invalid_host", "invalid_target", "invalid_transfer_encoding"];
        let problem = self.json().unwrap_or_default();
        problem["code"].as_str().is_some_and(|code| CODES.contains(&code))
    }

    /// Whether the body is a valid problem document of this status.
    fn is_problem(&self) -> bool {
        let Some(problem) = self.json() else { return false };
        let fallback = json!({ "required": ["title", "status", "code"] });
        let schema = self.document.pointer("/components/schemas/Problem").unwrap_or(&fallback);
        problem["status"] == self.status.as_u16()
            && check(schema, self.document, &problem).is_empty()
    }

    fn check_headers(&self, promise: &Promise<'_>) -> Vec<Disagreement> {
        let mut found = Vec::new();
        for (name, header) in promise.headers() {
            let value = self.headers.get(name).map(|value| value.to_str().unwrap_or_default());
            let Some(value) = value else {
                if header["required"] == true {
                    let message =
                        format!("{} promises the header `{name}`, and it is missing", self.name());
                    found.push(Disagreement::new(format!("missing header {name}"), message));
                }
                continue;
            };
            let schema = &header["schema"];
            let value = scalar(value, schema, self.document);
            for Violation { message, .. } in check(schema, self.document, &value) {
                let message = format!("the header `{name}` of {} {message}", self.name());
                found.push(Disagreement::new(format!("header {name}"), message));
            }
        }
        found
    }

    fn check_body(&self, promise: &Promise<'_>) -> Vec<Disagreement> {
        let length = self.body.map_or(0, <[u8]>::len);
        if self.is_bodiless() {
            return self.unwanted(length, "no body can follow");
        }
        if self.method == Method::HEAD {
            return self.unwanted(length, "no body follows an answer to HEAD:");
        }
        let Some(content) = promise.content() else {
            return self.unwanted(length, "no body is promised with");
        };
        let came = self.content_type();
        if length == 0 && self.body.is_some() && came.is_empty() {
            let may_be_absent = content.contains_key("*/*") || promise.may_be_empty();
            return self.check_absence(&promise.media_types(), may_be_absent);
        }
        let exact = content.iter().find(|(promised, _)| matches(promised, came));
        let Some((_, media)) = exact else {
            // A problem document becomes a page or text for clients that prefer these.
            if promise.is_problem() && is_text(came) {
                return Vec::new();
            }
            let (name, promised) = (self.name(), promise.media_types());
            let came =
                if came.is_empty() { "no Content-Type".to_owned() } else { format!("`{came}`") };
            let message = format!("{name} promises {promised}, and {came} came");
            return vec![Disagreement::new("media_type", message)];
        };
        self.check_schema(&media["schema"])
    }

    fn unwanted(&self, length: usize, why: &str) -> Vec<Disagreement> {
        if length == 0 {
            return Vec::new();
        }
        let (name, kind) = (self.name(), self.content_type());
        let message = format!("{why} {name}, and {length} bytes of `{kind}` came");
        vec![Disagreement::new("unwanted_body", message)]
    }

    fn check_absence(&self, promised: &str, anything: bool) -> Vec<Disagreement> {
        if anything {
            return Vec::new();
        }
        let message = format!("{} promises {promised}, and no body came", self.name());
        vec![Disagreement::new("missing_body", message)]
    }

    fn check_schema(&self, schema: &Value) -> Vec<Disagreement> {
        let (Some(body), true) = (self.readable(), is_json(self.content_type())) else {
            return Vec::new();
        };
        let value: Value = match serde_json::from_slice(body) {
            Ok(value) => value,
            Err(error) => {
                let message = format!("the body of {} is not JSON: {error}", self.name());
                return vec![Disagreement::new("not_json", message)];
            }
        };
        let faults = check(schema, self.document, &value).into_iter();
        let mut found: Vec<Disagreement> = faults
            .map(|Violation { pointer, code, message }| {
                let at =
                    if pointer.is_empty() { "the body".to_owned() } else { format!("`{pointer}`") };
                let came = came(&value, &pointer);
                let message = format!("in the body of {}, {at} {message}", self.name());
                Disagreement { pointer, value: Some(came), ..Disagreement::new(code, message) }
            })
            .collect();
        let is_problem = essence(self.content_type()) == PROBLEM;
        if is_problem && value["status"] != self.status.as_u16() {
            let message =
                format!("in the body of {}, `/status` is not that of the answer", self.name());
            let (pointer, came) = ("/status".to_owned(), Some(came(&value, "/status")));
            let found_here = Disagreement::new("problem_status", message);
            found.push(Disagreement { pointer, value: came, ..found_here });
        }
        found
    }
}

/// What stands at a place of the body.
fn came(body: &Value, pointer: &str) -> String {
    let excerpt = body.pointer(pointer).map(excerpt);
    excerpt.map_or_else(|| "it is missing".to_owned(), |excerpt| format!("it is {excerpt}"))
}

/// A value, as long as one line holds it.
fn excerpt(value: &Value) -> String {
    const MOST: usize = 60;
    let text = value.to_string();
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("`{}…`", &text[..end]),
        None => format!("`{text}`"),
    }
}

#[cfg(test)]
mod tests;
