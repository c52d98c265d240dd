//! The problem document (RFC 9457).

use serde::Serialize;
use serde_json::{Map, Value};

use super::super::chain::Chain;
use super::{PROBLEM, title};
use crate::error::{Error, Fault};
use crate::request::Facts;
use crate::response::Response;

#[derive(Serialize)]
struct Document<'a> {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    code: &'a str,
    request_id: String,
    #[serde(skip_serializing_if = "<[Fault]>::is_empty")]
    errors: &'a [Fault],
    #[serde(skip_serializing_if = "Option::is_none")]
    debug: Option<Debug>,
    #[serde(flatten)]
    members: Map<String, Value>,
}

/// The members that the document has anyway; an extension does not replace them (RFC 9457 §3.2).
const OWN: [&str; 7] = ["type", "title", "status", "detail", "code", "request_id", "errors"];

/// What only a developer sees.
#[derive(Serialize)]
struct Debug {
    message: String,
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<String>,
    causes: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
}

pub(super) fn document(error: &Error, facts: &Facts, chain: &Chain, develops: bool) -> Response {
    let status = error.status();
    let document = Document {
        r#type: "about:blank",
        title: title(status),
        status: status.as_u16(),
        detail: error.detail().filter(|detail| !detail.is_empty()),
        code: error.code(),
        request_id: facts.id().to_string(),
        errors: error.faults(),
        debug: (develops && status.is_server_error()).then(|| debug(error, chain)),
        members: extensions(error),
    };
    match serde_json::to_vec(&document) {
        Ok(body) => Response::with_body(status, PROBLEM, body),
        Err(_) => Response::new(status),
    }
}

fn extensions(error: &Error) -> Map<String, Value> {
    let all = error.members().iter().filter(|(name, _)| !OWN.contains(&name.as_str()));
    all.map(|(name, value)| (name.clone(), value.clone())).collect()
}

fn debug(error: &Error, chain: &Chain) -> Debug {
    Debug {
        message: error.to_string(),
        r#type: error.kind(),
        place: super::place(error, chain).map(|(file, line)| format!("{file}:{line}")),
        causes: error.chain().skip(1).map(ToString::to_string).collect(),
        help: error.help().map(str::to_owned),
    }
}
