//! Inputs are sheets of text that people can write as well: fields parted by line feeds.

use http::{HeaderName, HeaderValue, Method, Uri};
use purlin_core::{Body, Connection, Request};

/// What is left of an input.
#[derive(Clone, Copy, Debug)]
pub struct Sheet<'a>(&'a [u8]);

impl<'a> Sheet<'a> {
    /// The whole input.
    pub fn new(data: &'a [u8]) -> Self {
        Self(data)
    }

    /// Takes a choice between so many things, by a byte that is a digit or letter to people.
    pub fn choice(&mut self, count: usize) -> usize {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        usize::from(first.wrapping_sub(b'0')) % count
    }

    /// Takes the next line, without its line feed; empty at the end.
    pub fn line(&mut self) -> &'a [u8] {
        let end = self.0.iter().position(|byte| *byte == b'\n').unwrap_or(self.0.len());
        let line = &self.0[..end];
        self.0 = self.0.get(end + 1..).unwrap_or_default();
        line
    }

    /// As [`line`](Self::line), where it is text.
    pub fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.line()).ok()
    }

    /// Takes the lines up to an empty one, or to the end.
    pub fn block(&mut self) -> Vec<&'a [u8]> {
        std::iter::from_fn(|| Some(self.line()).filter(|line| !line.is_empty())).collect()
    }

    /// All that is left.
    pub fn rest(self) -> &'a [u8] {
        self.0
    }
}

/// Reads a request: `METHOD TARGET`, fields as `name: value`, an empty line, and the body. `None`
/// for what no server can hand on.
///
/// It says `Host: localhost` unless a field does.
pub fn request(sheet: Sheet<'_>) -> Option<Request> {
    let mut sheet = sheet;
    let (method, target) = sheet.text()?.split_once(' ')?;
    let mut parts = http::Request::new(()).into_parts().0;
    parts.method = Method::from_bytes(method.as_bytes()).ok()?;
    parts.uri = target.parse::<Uri>().ok()?;
    for line in sheet.block() {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let name = HeaderName::from_bytes(&line[..colon]).ok()?;
        let value = HeaderValue::from_bytes(line[colon + 1..].trim_ascii()).ok()?;
        parts.headers.append(name, value);
    }
    if !parts.headers.contains_key("host") {
        parts.headers.insert("host", HeaderValue::from_static("localhost"));
    }
    let body = Body::from(sheet.rest().to_vec());
    Some(Request::from_parts(parts, body, Connection::in_process()))
}
