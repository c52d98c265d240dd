//! Holds an answer against the document: is this what was promised?
//!
//! The test kit asks this of every answer, so that a document that a client was generated from
//! stays true. Problem documents that any route may answer with, because the framework itself
//! wrote them, need not be promised one by one; see [`violations`].

mod media;
mod promise;

use http::header::CONTENT_TYPE;
use http::{HeaderMap, Method, StatusCode};
use serde_json::{Value, json};

use self::media::{essence, is_json, is_text, matches};
use self::promise::{Promise, is_describable, promises};
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
    if !is_describable(method) || answer.is_from_the_framework() {
        return Vec::new();
    }
    let Some(responses) = promises(document, method, pattern) else {
        return vec![format!("the document has no operation `{method} {pattern}`")];
    };
    let Some(promise) = Promise::find(responses, status) else {
        let known = promise::statuses(responses);
        return vec![format!(
            "`{method} {pattern}` promises {known}, and {} came",
            status.as_u16()
        )];
    };
    let mut found = answer.check_headers(&promise);
    found.extend(answer.check_body(&promise));
    found
}

/// What came, and what it is held against.
struct Answer<'a> {
    document: &'a Value,
    method: &'a Method,
    pattern: &'a str,
    status: StatusCode,
    headers: &'a HeaderMap,
    body: Option<&'a [u8]>,
}

impl Answer<'_> {
    fn content_type(&self) -> &str {
        self.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    fn json(&self) -> Option<Value> {
        serde_json::from_slice(self.body?).ok()
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
                PROBLEM => self.method == Method::HEAD || self.is_problem(),
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

    fn check_headers(&self, promise: &Promise<'_>) -> Vec<String> {
        let mut found = Vec::new();
        for (name, header) in promise.headers() {
            let value = self.headers.get(name).map(|value| value.to_str().unwrap_or_default());
            let Some(value) = value else {
                if header["required"] == true {
                    found.push(format!(
                        "{} promises the header `{name}`, and it is missing",
                        self.name()
                    ));
                }
                continue;
            };
            let schema = &header["schema"];
            let value = scalar(value, schema, self.document);
            for Violation { message, .. } in check(schema, self.document, &value) {
                found.push(format!("the header `{name}` of {} {message}", self.name()));
            }
        }
        found
    }

    fn check_body(&self, promise: &Promise<'_>) -> Vec<String> {
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
            return self.check_absence(&promise.media_types(), content.contains_key("*/*"));
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
            return vec![format!("{name} promises {promised}, and {came} came")];
        };
        self.check_schema(&media["schema"])
    }

    fn unwanted(&self, length: usize, why: &str) -> Vec<String> {
        if length == 0 {
            return Vec::new();
        }
        vec![format!("{why} {}, and {length} bytes of `{}` came", self.name(), self.content_type())]
    }

    fn check_absence(&self, promised: &str, anything: bool) -> Vec<String> {
        if anything {
            return Vec::new();
        }
        vec![format!("{} promises {promised}, and no body came", self.name())]
    }

    fn check_schema(&self, schema: &Value) -> Vec<String> {
        let (Some(body), true) = (self.body, is_json(self.content_type())) else {
            return Vec::new();
        };
        let value: Value = match serde_json::from_slice(body) {
            Ok(value) => value,
            Err(error) => return vec![format!("the body of {} is not JSON: {error}", self.name())],
        };
        let faults = check(schema, self.document, &value).into_iter();
        let mut found: Vec<String> = faults
            .map(|Violation { pointer, message, .. }| {
                let at =
                    if pointer.is_empty() { "the body".to_owned() } else { format!("`{pointer}`") };
                let came = value.pointer(&pointer).map(excerpt);
                let came =
                    came.map_or_else(|| "it is missing".to_owned(), |came| format!("it is {came}"));
                format!("in the body of {}, {at} {message}, and {came}", self.name())
            })
            .collect();
        let is_problem = essence(self.content_type()) == PROBLEM;
        if is_problem && value["status"] != self.status.as_u16() {
            found.push(format!(
                "the problem of {} says that its status is {}",
                self.name(),
                value["status"]
            ));
        }
        found
    }
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
