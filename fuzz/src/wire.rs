//! HTTP/1.1 as it is on the wire, read in the plainest way: requests that leave nothing to opinion,
//! and answers.

use std::collections::BTreeMap;
use std::fmt;

use http::HeaderName;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A request, as it arrived.
#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
pub struct Received {
    /// The method.
    pub method: String,
    /// The target.
    pub target: String,
    /// The header fields, in any order.
    pub fields: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// An answer, as it came.
pub struct Exchange {
    /// The status.
    pub status: u16,
    /// The header fields, by their lower-case names.
    pub fields: BTreeMap<String, String>,
    /// The body, without its coding.
    pub body: Vec<u8>,
    /// Whether the answer says that it is the last.
    pub closes: bool,
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = String::from_utf8_lossy(&self.body);
        write!(f, "{} {:?} {:?}", self.status, self.fields, body.get(..300).unwrap_or(&body))
    }
}

impl Exchange {
    /// Whether its body holds an id of its own, and differs from every other for it.
    pub fn is_problem(&self) -> bool {
        self.status >= 400
    }

    /// Whether the protocol refused a head by itself.
    pub fn is_refusal(&self) -> bool {
        self.is_problem() && self.closes && self.body.is_empty()
    }

    /// Whether it says that this request arrived.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn answers(&self, request: &Received) -> Result<(), String> {
        let path = request.target.split('?').next().unwrap_or_default();
        if matches!(path, "/unread" | "/stream" | "/large") || request.method == "HEAD" {
            return match self.status {
                200 | 204 | 404 | 405 => Ok(()),
                _ => Err("another status".to_owned()),
            };
        }
        let mut seen: Received =
            serde_json::from_slice(&self.body).map_err(|error| format!("{error}"))?;
        let mut sent = request.fields.clone();
        sent.sort();
        seen.fields.sort();
        let is_same = seen.method == request.method
            && seen.target == request.target
            && seen.body == request.body
            && seen.fields == sent;
        if is_same { Ok(()) } else { Err(format!("{request:?} arrived as {seen:?}")) }
    }
}

/// Takes the requests off the front of a connection, as long as they are plain.
pub fn plain_requests(bytes: &[u8]) -> Vec<Received> {
    let mut requests = Vec::new();
    let mut rest = bytes;
    while let Some((request, behind)) = plain_request(rest) {
        let is_last = request.fields.iter().any(|(name, _)| name == "connection");
        requests.push(request);
        rest = behind;
        if is_last {
            break;
        }
    }
    requests
}

fn plain_request(bytes: &[u8]) -> Option<(Received, &[u8])> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).ok()?;
    let mut lines = head.split("\r\n");
    let mut words = lines.next()?.split(' ');
    let (method, target) = (words.next()?, words.next()?);
    let is_plain = matches!(method, "GET" | "HEAD" | "POST" | "PUT" | "DELETE" | "PATCH" | "LINK")
        && words.next() == Some("HTTP/1.1")
        && words.next().is_none()
        && is_plain_target(target);
    let fields: Vec<_> = lines.map(field).collect::<Option<_>>()?;
    if !is_plain || end > 8_000 || fields.len() > 90 {
        return None;
    }
    let values = |wanted: &str| {
        let of_name = fields.iter().filter(|(name, _)| name == wanted);
        of_name.map(|(_, value)| value.as_str()).collect::<Vec<_>>()
    };
    let is_host = |host: &str| host.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.');
    if !matches!(values("host")[..], [host] if is_host(host)) {
        return None;
    }
    for odd in ["expect", "upgrade", "te", "trailer", "http2-settings"] {
        if !values(odd).is_empty() {
            return None;
        }
    }
    if !matches!(values("connection")[..], [] | ["close"]) {
        return None;
    }
    let rest = &bytes[end + 4..];
    let (body, rest) = match (&values("content-length")[..], &values("transfer-encoding")[..]) {
        ([], []) => (Vec::new(), rest),
        ([length], []) => {
            let is_number = length.len() <= 6 && length.bytes().all(|b| b.is_ascii_digit());
            let length: usize = length.parse().ok().filter(|_| is_number)?;
            (rest.get(..length)?.to_vec(), &rest[length..])
        }
        ([], ["chunked"]) => chunks(rest)?,
        _ => return None,
    };
    let (method, target) = (method.to_owned(), target.to_owned());
    Some((Received { method, target, fields, body }, rest))
}

fn is_plain_target(target: &str) -> bool {
    let is_letter = |b: u8| b.is_ascii_alphanumeric() || b"-._~/?=&+:@!".contains(&b);
    target.starts_with('/') && target.bytes().all(is_letter)
}

fn field(line: &str) -> Option<(String, String)> {
    let (name, value) = line.split_once(':')?;
    let is_letter = |b: u8| matches!(b, b' '..=b'~' | b'\t');
    let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
    let value = value.trim_matches([' ', '\t']);
    value.bytes().all(is_letter).then(|| (name.to_string(), value.to_owned()))
}

/// Chunks without extensions and trailers.
fn chunks(mut rest: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|window| window == b"\r\n")?;
        let digits = std::str::from_utf8(&rest[..end]).ok()?;
        let is_number = (1..=6).contains(&end) && digits.bytes().all(|b| b.is_ascii_hexdigit());
        let size = usize::from_str_radix(digits, 16).ok().filter(|_| is_number)?;
        rest = &rest[end + 2..];
        body.extend_from_slice(rest.get(..size)?);
        rest = rest[size..].strip_prefix(b"\r\n")?;
        if size == 0 {
            return Some((body, rest));
        }
    }
}

/// Takes answers apart, to the last byte. Interim answers are left out.
///
/// # Errors
///
/// What about them is no answer.
pub fn received(mut bytes: &[u8]) -> Result<Vec<Exchange>, String> {
    let mut all = Vec::new();
    while !bytes.is_empty() {
        let (answer, rest) = answer(bytes)?;
        bytes = rest;
        if answer.status != 100 {
            all.push(answer);
        }
    }
    Ok(all)
}

fn answer(bytes: &[u8]) -> Result<(Exchange, &[u8]), String> {
    let end =
        bytes.windows(4).position(|window| window == b"\r\n\r\n").ok_or("a head without end")?;
    let head = std::str::from_utf8(&bytes[..end]).map_err(|_| "a head that is not UTF-8")?;
    let mut lines = head.split("\r\n");
    let line = lines.next().unwrap_or_default();
    let version = ["HTTP/1.1 ", "HTTP/1.0 "].iter().find_map(|version| line.strip_prefix(version));
    let (status, _) = version.and_then(|rest| rest.split_once(' ')).ok_or("no status line")?;
    let status: u16 = status.parse().map_err(|_| "no status")?;
    let mut fields = BTreeMap::new();
    for line in lines {
        let (name, value) = field(line).ok_or_else(|| format!("{line:?} is no field"))?;
        if fields.insert(name, value).is_some() && !line.starts_with("vary") {
            return Err(format!("{line:?} came twice"));
        }
    }
    let rest = &bytes[end + 4..];
    let is_to = |wanted: &str| fields.get("x-method").is_some_and(|method| method == wanted);
    // RFC 9110 §9.3.6: what follows a success of CONNECT is a tunnel, and has nobody at its end.
    let is_tunnel = is_to("CONNECT") && matches!(status, 200..=299);
    let is_bodiless = matches!(status, 100..=199 | 204 | 304) || is_to("HEAD") || is_tunnel;
    let connection = fields.get("connection").map_or("", String::as_str);
    let is_old = line.starts_with("HTTP/1.0") && connection != "keep-alive";
    let closes = is_tunnel || is_old || connection == "close";
    let (body, rest) = if is_bodiless {
        (Vec::new(), rest)
    } else if fields.get("transfer-encoding").is_some_and(|coding| coding == "chunked") {
        chunks(rest).ok_or("chunks that are none")?
    } else if let Some(length) = fields.get("content-length") {
        let length: usize = length.parse().map_err(|_| "no length")?;
        let body = rest.get(..length).ok_or("a body that is too short")?;
        (body.to_vec(), &rest[length..])
    } else if closes {
        (rest.to_vec(), &[][..])
    } else {
        return Err("a body without end".to_owned());
    };
    Ok((Exchange { status, fields, body, closes }, rest))
}
