//! Queries and forms against what `serde_html_form` reads.
//!
//! Input: the encoded pairs. They are sent as a query and as a form.

#![no_main]

use std::sync::LazyLock;

use garde::Validate;
use http::{HeaderValue, Method, StatusCode, Uri};
use libfuzzer_sys::fuzz_target;
use purlin_core::{App, Body, Form, Json, Query, Request, Routes, Service};
use purlin_fuzz::{Answer, ask, serve};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize, Validate)]
#[serde(default)]
#[garde(allow_unvalidated)]
struct Fields {
    text: String,
    note: Option<String>,
    list: Vec<String>,
    whole: Option<i64>,
    small: Option<u8>,
    ratio: Option<f64>,
    flag: Option<bool>,
    letter: Option<char>,
    choice: Option<Choice>,
    marks: Vec<u16>,
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Choice {
    First,
    SecondOne,
}

static SERVICE: LazyLock<Service> = LazyLock::new(|| {
    let query = async |Query(fields): Query<Fields>| Json(fields);
    let form = async |Form(fields): Form<Fields>| Json(fields);
    serve(App::new("forms").routes(Routes::new().get("/", query).post("/", form)))
});

fuzz_target!(|data: &[u8]| {
    let sent = Sent::new(data);
    if let Ok(uri) = format!("/?{}", String::from_utf8_lossy(data)).parse::<Uri>()
        && uri.query().unwrap_or_default().as_bytes() == data
    {
        let mut request = Request::new(Method::GET, "/");
        *request.uri_mut() = uri;
        sent.check(&ask(&SERVICE, request), "query");
    }
    let mut request = Request::new(Method::POST, "/");
    let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
    request.headers_mut().insert("content-type", kind);
    *request.body_mut() = Body::from(data.to_vec());
    sent.check(&ask(&SERVICE, request), "form");
});

struct Sent<'a> {
    data: &'a [u8],
    /// Names and texts; `None` where one is not UTF-8.
    pairs: Option<Vec<(String, String)>>,
    read: Result<Fields, serde_html_form::de::Error>,
}

impl<'a> Sent<'a> {
    fn new(data: &'a [u8]) -> Self {
        let parts = data.split(|byte| *byte == b'&').filter(|part| !part.is_empty());
        let pairs = parts.map(|part| {
            let end = part.iter().position(|byte| *byte == b'=').unwrap_or(part.len());
            let value = part.get(end + 1..).unwrap_or_default();
            Some((decoded(&part[..end])?, decoded(value)?))
        });
        Self { data, pairs: pairs.collect(), read: serde_html_form::from_bytes(data) }
    }

    fn check(&self, answer: &Answer, within: &str) {
        let shown = String::from_utf8_lossy(self.data);
        let context = || format!("{within} {shown:?}: {} {}", answer.status, answer.text());
        let Some(pairs) = &self.pairs else {
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", context());
            return;
        };
        match answer.status {
            StatusCode::OK => {
                match &self.read {
                    // As text: `serde_json` reads some fractions one bit off.
                    Ok(read) => assert_eq!(
                        answer.text(),
                        serde_json::to_string(read).expect("it has no odd number"),
                        "{}",
                        context()
                    ),
                    Err(error) => assert!(pairs.iter().any(is_more), "{error}; {}", context()),
                }
            }
            StatusCode::UNPROCESSABLE_ENTITY => {
                self.faults(&answer.json(), within);
                let is_refused = self.data.is_empty() && within == "form"
                    || self.read.is_err()
                    || pairs.iter().any(|pair| is_less(pair, within));
                assert!(is_refused, "{}", context());
            }
            _ => panic!("{}", context()),
        }
    }

    /// There is a fault, and each is about a name that was sent or a field that there is.
    fn faults(&self, problem: &Value, within: &str) {
        let faults = problem["errors"].as_array().expect("the faults are listed");
        assert!(!faults.is_empty(), "{problem}");
        for fault in faults {
            assert_eq!(fault["in"], within, "{problem}");
            let pointer = fault["pointer"].as_str().expect("a pointer is text");
            let name = pointer.split('/').nth(1).unwrap_or_default();
            let name = name.replace("~1", "/").replace("~0", "~");
            let is_sent = self.pairs.iter().flatten().any(|(sent, _)| *sent == name);
            assert!(is_sent || pointer.is_empty(), "{problem}");
        }
    }
}

/// What we take and `serde_html_form` does not: the words of a checkbox, in a form the blank of an
/// input that was not filled in, and a zero with a sign where nothing is less than it.
fn is_more((_, text): &(String, String)) -> bool {
    let is_zero = |digits: &str| !digits.is_empty() && digits.bytes().all(|digit| digit == b'0');
    matches!(text.as_str(), "on" | "off" | "") || text.strip_prefix('-').is_some_and(is_zero)
}

/// What we refuse and `serde_html_form` does not: numbers that JSON has no spelling for, and in a
/// query a name without a value where a value of some kind is wanted.
fn is_less((name, text): &(String, String), within: &str) -> bool {
    let is_number = matches!(name.as_str(), "whole" | "small" | "ratio" | "marks");
    let is_odd = text.starts_with('+') || text.parse::<f64>().is_ok_and(|n| !n.is_finite());
    is_number && is_odd || within == "query" && text.is_empty()
}

fn decoded(text: &[u8]) -> Option<String> {
    let spaced: Vec<u8> = text.iter().map(|b| if *b == b'+' { b' ' } else { *b }).collect();
    let text: Vec<u8> = percent_encoding::percent_decode(&spaced).collect();
    String::from_utf8(text).ok()
}
