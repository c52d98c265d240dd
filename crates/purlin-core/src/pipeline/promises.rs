//! In development, every answer is held against the document; what differs is in the log, once.
//!
//! Clients are generated from the document, so that a handler that answers something else is a
//! mistake that shows in the client. Tests find it with `TestApp`; this finds it while somebody
//! clicks through the application. In production nothing is looked at.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use http::{Method, StatusCode};
use serde_json::Value;

use crate::body::Body;
use crate::openapi::conformance::{Answer, Disagreement, is_documented};
use crate::request::Facts;
use crate::response::Response;
use crate::site::RouteFacts;

/// The most bytes of a body that are looked at: 64 KiB. Of a larger one, and of one that is streamed,
/// only the status and the headers are.
const MOST: usize = 64 << 10;

/// The document, and what was told of answers that are not what it says.
pub(crate) struct Promises {
    document: Arc<Value>,
    /// Each kind of disagreement of each route: there are as many as the code has, whatever clients
    /// do.
    told: Mutex<HashSet<String>>,
}

impl std::fmt::Debug for Promises {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Promises")
    }
}

impl Promises {
    pub(crate) fn new(document: Arc<Value>) -> Self {
        Self { document, told: Mutex::default() }
    }

    /// Logs in what an answer differs from the document, unless that was told before.
    pub(super) fn hold(&self, facts: &Facts, route: &RouteFacts, response: &Response) {
        // What the document leaves out, such as hidden routes and wrong addresses, promises nothing.
        if !is_documented(&self.document, route.method(), route.pattern()) {
            return;
        }
        let is_head = *facts.method() == Method::HEAD;
        let answer = Answer {
            document: &self.document,
            method: if is_head { facts.method() } else { route.method() },
            pattern: route.pattern(),
            status: response.status(),
            headers: response.headers(),
            body: looked_at(response.body()),
        };
        for disagreement in answer.disagreements() {
            self.tell(facts, route, response.status(), disagreement);
        }
    }

    fn tell(&self, facts: &Facts, route: &RouteFacts, status: StatusCode, found: Disagreement) {
        let Disagreement { kind, pointer, message, .. } = found;
        let told = format!("{} {} {} {kind}", route.method(), route.pattern(), status.as_u16());
        if !self.told.lock().unwrap_or_else(PoisonError::into_inner).insert(told) {
            return;
        }
        tracing::warn!(
            target: "purlin::openapi",
            method = %route.method(),
            route = route.pattern(),
            status = status.as_u16(),
            pointer,
            place = %route.place(),
            request.id = %facts.id(),
            "an answer is not what the document says: {message}"
        );
    }
}

fn looked_at(body: &Body) -> Option<&[u8]> {
    match body {
        Body::Empty => Some(&[]),
        Body::Full(bytes) => Some(&bytes[..]).filter(|bytes| bytes.len() <= MOST),
        Body::Stream(_) => None,
    }
}
