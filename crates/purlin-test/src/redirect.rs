//! Where a redirect leads, and as which request (RFC 9110 §15.4).

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, LOCATION};
use http::{HeaderMap, Method, StatusCode};

use crate::draft::Letter;

/// The request that follows a redirect; `None` where none follows, or another host is meant.
pub(crate) fn next(letter: &Letter, status: StatusCode, headers: &HeaderMap) -> Option<Letter> {
    if !matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = headers.get(LOCATION)?.to_str().ok()?;
    let uri = letter.uri();
    let target = resolve(&letter.host(), uri.path(), location)?;
    let mut next = Letter { target, ..letter.clone() };
    let becomes_get = match status.as_u16() {
        303 => letter.method != Method::HEAD,
        301 | 302 => letter.method == Method::POST,
        _ => false,
    };
    if becomes_get {
        next.method = Method::GET;
        next.body = Bytes::new();
        next.media_type = None;
        next.headers.remove(CONTENT_TYPE);
        next.headers.remove(CONTENT_LENGTH);
    }
    Some(next)
}

/// RFC 3986 §5.2, for references that stay on one host.
fn resolve(host: &str, base: &str, reference: &str) -> Option<String> {
    let reference = reference.split('#').next().unwrap_or_default();
    let after_scheme = ["http:", "https:"].iter().find_map(|scheme| reference.strip_prefix(scheme));
    let reference = after_scheme.unwrap_or(reference);
    let reference = match reference.strip_prefix("//") {
        Some(rest) => {
            let end = rest.find(['/', '?']).unwrap_or(rest.len());
            if !rest[..end].eq_ignore_ascii_case(host) {
                return None;
            }
            &rest[end..]
        }
        None => reference,
    };
    let (path, query) = match reference.find('?') {
        Some(at) => reference.split_at(at),
        None => (reference, ""),
    };
    let path = match path {
        "" if after_scheme.is_some() => "/".to_owned(),
        "" => base.to_owned(),
        _ if path.starts_with('/') => without_dots(path),
        _ => {
            let folder = base.rfind('/').map_or("/", |at| &base[..=at]);
            without_dots(&format!("{folder}{path}"))
        }
    };
    Some(format!("{path}{query}"))
}

/// RFC 3986 §5.2.4.
fn without_dots(path: &str) -> String {
    let mut segments: Vec<&str> = Vec::new();
    let mut ends_in_folder = false;
    for segment in path.split('/').skip(1) {
        ends_in_folder = matches!(segment, "." | "..");
        match segment {
            "." => {}
            ".." => drop(segments.pop()),
            segment => segments.push(segment),
        }
    }
    let end = if ends_in_folder && !segments.is_empty() { "/" } else { "" };
    format!("/{}{end}", segments.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_resolved_against_the_path() {
        for (reference, expected) in [
            ("/x", "/x"),
            ("x", "/a/x"),
            ("../x?q=1", "/x?q=1"),
            ("./", "/a/"),
            ("..", "/"),
            ("?page=2", "/a/b?page=2"),
            ("http://localhost/y#top", "/y"),
            ("https://localhost", "/"),
            ("//localhost/z", "/z"),
        ] {
            assert_eq!(resolve("localhost", "/a/b", reference).as_deref(), Some(expected));
        }
        assert_eq!(resolve("localhost", "/", "https://example.org/"), None);
        assert_eq!(resolve("localhost", "/", "//example.org/"), None);
    }
}
