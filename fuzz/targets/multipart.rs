//! Forms with files, against a second reading of where parts begin and end.
//!
//! Input: a byte that says how large the chunks are, then the body, whose boundary is `b`. It is
//! sent whole and in chunks, to a handler that lists the parts and to one that takes a type.

#![no_main]

use std::sync::LazyLock;

use bytes::Bytes;
use garde::Validate;
use http::{HeaderValue, Method, StatusCode};
use libfuzzer_sys::fuzz_target;
use purlin_core::{
    App, Body, Form, FormLimits, Json, Multipart, Request, Result, Routes, Service, Upload,
};
use purlin_fuzz::{Answer, ask, serve};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

const LIMIT: usize = 1 << 16;
const PADDING: usize = 64;
const LONGEST_HEAD: usize = 8 * 1024;

#[derive(Deserialize, JsonSchema, Validate)]
#[garde(allow_unvalidated)]
struct Typed {
    text: Option<String>,
    #[serde(default)]
    number: Vec<u8>,
    file: Option<Upload>,
    #[serde(default)]
    files: Vec<Upload>,
}

async fn list(mut form: Multipart) -> Result<Json<Value>> {
    let mut parts = Vec::new();
    while let Some(mut field) = form.next().await? {
        let file = field.file_name().map(ToString::to_string);
        let media_type = field.media_type().await?;
        let name = field.name().to_owned();
        let content = field.bytes().await?.to_vec();
        parts.push(json!({ "name": name, "file": file, "type": media_type, "content": content }));
    }
    Ok(Json(parts.into()))
}

async fn typed(form: Form<Typed>) -> String {
    let Typed { text, number, file, files } = form.0;
    format!("{text:?} {number:?} {file:?} {files:?}")
}

static SERVICE: LazyLock<Service> = LazyLock::new(|| {
    let routes = Routes::new().post("/list", list).post("/typed", typed);
    let limits = FormLimits::new().parts(20);
    serve(App::new("multipart").routes(routes.body_limit(LIMIT).form_limits(limits)))
});

fuzz_target!(|data: &[u8]| {
    let Some((size, body)) = data.split_first() else { return };
    let size = usize::from(*size).max(1);
    for path in ["/list", "/typed"] {
        let whole = send(path, Body::from(body.to_vec()));
        let chunks: Vec<Bytes> = body.chunks(size).map(Bytes::copy_from_slice).collect();
        let cut = send(
            path,
            Body::produce(|out| async move {
                for chunk in chunks {
                    out.send(chunk).await?;
                }
                Ok(())
            }),
        );
        assert_eq!(told(&whole), told(&cut), "{}", body.escape_ascii());
        assert!(whole.status.as_u16() < 500, "{}", whole.text());
        if path == "/list" {
            check(&whole, body);
        }
    }
});

fn send(path: &str, body: Body) -> Answer {
    let mut request = Request::new(Method::POST, path);
    let kind = HeaderValue::from_static("multipart/form-data; boundary=b");
    request.headers_mut().insert("content-type", kind);
    *request.body_mut() = body;
    ask(&SERVICE, request)
}

/// An answer without what differs from one to the next.
fn told(answer: &Answer) -> String {
    if answer.status == StatusCode::OK {
        return answer.text().to_owned();
    }
    let problem = answer.json();
    format!("{} {} {} {}", answer.status, problem["code"], problem["detail"], problem["errors"])
}

fn check(answer: &Answer, body: &[u8]) {
    let read = read(body);
    let shown = || format!("{} {}: {}", answer.status, answer.text(), body.escape_ascii());
    if answer.status != StatusCode::OK {
        let code = answer.json()["code"].clone();
        let is_explained = match code.as_str().unwrap_or_default() {
            "incomplete_body" => read.is_none(),
            "invalid_input" => body.is_empty(),
            "invalid_multipart" | "too_many_parts" => true,
            "body_too_large" => body.len() > LIMIT,
            _ => false,
        };
        assert!(is_explained, "{}", shown());
        return;
    }
    let read = read.unwrap_or_else(|| panic!("{}", shown()));
    let parts = answer.json();
    let parts = parts.as_array().expect("it is a list");
    // An input for a file that was left empty is no part.
    let contents: Vec<Vec<u8>> = parts
        .iter()
        .map(|part| serde_json::from_value(part["content"].clone()).expect("it is bytes"))
        .filter(|content: &Vec<u8>| !content.is_empty())
        .collect();
    assert_eq!(contents, read, "{}", shown());
    for file in parts.iter().filter_map(|part| part["file"].as_str()) {
        let is_safe = !file.is_empty()
            && !file.starts_with('.')
            && !file.contains(['/', '\\', ':'])
            && !file.contains(char::is_control);
        assert!(is_safe, "{}", shown());
    }
}

/// What is in the parts that are not empty, read line by line; `None` where the last boundary is
/// missing.
fn read(body: &[u8]) -> Option<Vec<Vec<u8>>> {
    let body = [b"\r\n", body].concat();
    let mut contents = Vec::new();
    let (_, mut at) = boundary(&body, 0)?;
    while let Some(start) = at {
        let rest = &body[start..];
        // A head that is none ends the form, in one way or another.
        let head = if rest.starts_with(b"\r\n") { Some(0) } else { find(rest, b"\r\n\r\n") };
        let begin = start + head.filter(|head| *head < LONGEST_HEAD)? + 4;
        let (end, next) = boundary(&body, begin)?;
        if end > begin {
            contents.push(body[begin..end].to_vec());
        }
        at = next;
    }
    Some(contents)
}

/// The next line that is a boundary: where it begins, and where the next part does.
fn boundary(body: &[u8], mut from: usize) -> Option<(usize, Option<usize>)> {
    loop {
        let at = from + find(body.get(from..)?, b"\r\n--b")?;
        let after = at + 5;
        let rest = &body[after..];
        if rest.starts_with(b"--") {
            return Some((at, None));
        }
        let padding = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        if padding <= PADDING && rest[padding..].starts_with(b"\r\n") {
            return Some((at, Some(after + padding + 2)));
        }
        from = after;
    }
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}
