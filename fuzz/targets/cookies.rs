//! Cookies: what is read of a `Cookie` field, and what comes back of a cookie that was set.
//!
//! Input: name, value, path and domain of a cookie to set, a line each; then lines of `Cookie`.

#![no_main]

use std::sync::LazyLock;

use http::header::{COOKIE, SET_COOKIE};
use http::{HeaderValue, Method, StatusCode};
use libfuzzer_sys::fuzz_target;
use percent_encoding::percent_decode_str;
use purlin_core::{
    App, Body, Cookie, Cookies, NoContent, Request, Routes, Service, SetCookies, Text,
};
use purlin_fuzz::{Sheet, ask, serve};

static SERVICE: LazyLock<Service> =
    LazyLock::new(|| serve(App::new("cookies").routes(Routes::new().post("/", set))));

async fn set(Text(text): Text) -> (SetCookies, NoContent) {
    let mut lines = text.split('\n').map(str::to_owned);
    let mut line = || lines.next().unwrap_or_default();
    let mut cookie = Cookie::new(line(), line());
    let (path, domain) = (line(), line());
    if !path.is_empty() {
        cookie = cookie.path(path);
    }
    if !domain.is_empty() {
        cookie = cookie.domain(domain);
    }
    (SetCookies::new().add(cookie), NoContent)
}

fuzz_target!(|data: &[u8]| {
    let mut sheet = Sheet::new(data);
    let lines = [sheet.text(), sheet.text(), sheet.text(), sheet.text()];
    if let [Some(name), Some(value), Some(path), Some(domain)] = lines {
        comes_back(name, value, path, domain);
    }
    let mut request = Request::new(Method::GET, "/");
    for line in sheet.block() {
        let Ok(value) = HeaderValue::from_bytes(line) else { return };
        request.headers_mut().append(COOKIE, value);
    }
    is_read(&request);
});

/// Sets a cookie, and sends back what a browser would.
fn comes_back(name: &str, value: &str, path: &str, domain: &str) {
    let mut request = Request::new(Method::POST, "/");
    *request.body_mut() = Body::from([name, value, path, domain].join("\n"));
    let answer = ask(&SERVICE, request);
    let mut fields = answer.headers.get_all(SET_COOKIE).iter();
    if answer.status == StatusCode::INTERNAL_SERVER_ERROR {
        assert!(!is_plain(name, value, path, domain), "{name:?} {path:?} {domain:?} is a cookie");
        assert!(fields.next().is_none(), "{:?}", answer.headers);
        return;
    }
    assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.text());
    let field = fields.next().expect("a cookie was set").to_str().expect("it is visible ASCII");
    assert!(fields.next().is_none(), "{:?}", answer.headers);
    assert!(is_token(name), "{name:?} is the name of a cookie");
    let mut parts = field.split("; ");
    let pair = parts.next().unwrap_or_default();
    check_attributes(&parts.collect::<Vec<_>>(), name, path, domain);
    let mut request = Request::new(Method::GET, "/");
    let pair = HeaderValue::from_str(pair).expect("it was part of a field");
    request.headers_mut().append(COOKIE, pair);
    assert_eq!(Cookies::of(&request).get(name), Some(value), "{field:?}");
}

/// Whether nobody could have anything against such a cookie.
fn is_plain(name: &str, value: &str, path: &str, domain: &str) -> bool {
    let starts =
        |prefix: &str| name.get(..prefix.len()).is_some_and(|s| s.eq_ignore_ascii_case(prefix));
    let is_visible =
        |text: &str| text.bytes().all(|byte| matches!(byte, b' '..=b'~' if byte != b';'));
    let is_for_all = domain.is_empty() && matches!(path, "" | "/");
    // Encoded, a byte has three at the most.
    let is_small = name.len() + 3 * value.len() <= 4096;
    let is_written = is_token(name) && is_visible(path) && is_visible(domain);
    is_written && is_small && (is_for_all || !starts("__Host-"))
}

/// Nothing in a name, a path or a domain begins an attribute of its own.
fn check_attributes(parts: &[&str], name: &str, path: &str, domain: &str) {
    let path = if path.is_empty() { "/" } else { path };
    for part in parts {
        let is_known = match part.split_once('=') {
            Some(("Path", text)) => text == path,
            Some(("Domain", text)) => text == domain.strip_prefix('.').unwrap_or(domain),
            Some(("SameSite", text)) => text == "Lax",
            None => matches!(*part, "HttpOnly" | "Secure"),
            _ => false,
        };
        assert!(is_known, "{part:?} of {parts:?}");
    }
    assert!(parts.contains(&"HttpOnly") && parts.contains(&"SameSite=Lax"), "{parts:?}");
    let needs_secure = ["__host-", "__secure-"].iter().any(|p| name.to_lowercase().starts_with(p));
    assert_eq!(parts.contains(&"Secure"), needs_secure, "{parts:?}");
}

/// RFC 6265 §5.4, read backwards: parts between `;`, each with a name before its first `=`.
fn is_read(request: &Request) {
    let cookies = Cookies::of(request);
    for (name, _) in cookies.iter() {
        assert!(!name.is_empty() && !name.contains([';', '=']), "{name:?}");
    }
    let mut expected = Vec::new();
    for line in request.headers().get_all(COOKIE) {
        for part in line.as_bytes().split(|byte| *byte == b';') {
            let Ok(Some((name, value))) = std::str::from_utf8(part).map(|p| p.split_once('='))
            else {
                continue;
            };
            let (name, value) = (name.trim_matches([' ', '\t']), value.trim_matches([' ', '\t']));
            let value = value.strip_prefix('"').and_then(|v| v.strip_suffix('"')).unwrap_or(value);
            match percent_decode_str(value).decode_utf8() {
                Ok(value) if !name.is_empty() => {
                    expected.push((name.to_owned(), value.into_owned()))
                }
                _ => {}
            }
        }
    }
    let found: Vec<_> = cookies.iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
    assert_eq!(found, expected, "{:?}", request.headers());
}

/// RFC 9110 §5.6.2.
fn is_token(text: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_letter)
}
