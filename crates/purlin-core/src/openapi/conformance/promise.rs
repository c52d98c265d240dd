//! What the document promises of one answer.

use http::{Method, StatusCode};
use serde_json::{Map, Value};

use super::PROBLEM;
use crate::openapi::document::{document_path, is_documented_method};

/// Whether OpenAPI has a place for operations of this method.
pub(super) fn is_describable(method: &Method) -> bool {
    is_documented_method(&method.as_str().to_ascii_lowercase())
}

/// What the document says of exactly this method on a path.
pub(super) fn operation<'d>(
    document: &'d Value,
    method: &Method,
    pattern: &str,
) -> Option<&'d Value> {
    let path = document.get("paths")?.get(document_path(pattern))?;
    path.get(method.as_str().to_ascii_lowercase())
}

/// The answers of an operation; GET's stand for HEAD.
pub(super) fn promises<'d>(
    document: &'d Value,
    method: &Method,
    pattern: &str,
) -> Option<&'d Map<String, Value>> {
    let own = operation(document, method, pattern);
    let get = || operation(document, &Method::GET, pattern).filter(|_| method == Method::HEAD);
    own.or_else(get)?.get("responses")?.as_object()
}

/// The statuses, as a message lists them.
pub(super) fn statuses(responses: &Map<String, Value>) -> String {
    responses.keys().map(String::as_str).collect::<Vec<_>>().join(", ")
}

/// What is promised of one status.
pub(super) struct Promise<'d>(&'d Value);

impl<'d> Promise<'d> {
    /// The status itself, then its range, then the default (OpenAPI 3.1 §4.8.16).
    pub(super) fn find(responses: &'d Map<String, Value>, status: StatusCode) -> Option<Self> {
        let range = format!("{}XX", status.as_u16() / 100);
        let keys = [status.as_str(), range.as_str(), "default"];
        keys.iter().find_map(|key| responses.get(*key)).map(Self)
    }

    pub(super) fn headers(&self) -> impl Iterator<Item = (&'d String, &'d Value)> {
        self.0.get("headers").and_then(Value::as_object).into_iter().flatten()
    }

    pub(super) fn content(&self) -> Option<&'d Map<String, Value>> {
        self.0.get("content")?.as_object().filter(|content| !content.is_empty())
    }

    /// Whether an error is among what is promised.
    pub(super) fn is_problem(&self) -> bool {
        self.content().is_some_and(|content| content.contains_key(PROBLEM))
    }

    /// Whether an answer without a body keeps it as well.
    pub(super) fn may_be_empty(&self) -> bool {
        self.0.get("x-may-be-empty") == Some(&Value::Bool(true))
    }

    pub(super) fn media_types(&self) -> String {
        let names = self.content().into_iter().flat_map(Map::keys);
        names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" or ")
    }
}
