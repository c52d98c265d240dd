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
    let (secure, target) = resolve(&letter.host(), uri.path(), location)?;
    let secure = secure.unwrap_or(letter.secure);
    let mut next = Letter { target, secure, ..letter.clone() };
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

/// RFC 3986 §5.2, for references that stay on one host: whether the scheme that they name is that
/// of TLS, and the target.
fn resolve(host: &str, base: &str, reference: &str) -> Option<(Option<bool>, String)> {
    let reference = reference.split('#').next().unwrap_or_default();
    let (secure, reference) = split_scheme(reference)?;
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
        "" if secure.is_some() => "/".to_owned(),
        "" => base.to_owned(),
        _ if path.starts_with('/') => without_dots(path),
        _ => {
            let folder = base.rfind('/').map_or("/", |at| &base[..=at]);
            without_dots(&format!("{folder}{path}"))
        }
    };
    Some((secure, format!("{path}{query}")))
}

/// Whether a reference names TLS, if it names a scheme, and what stands behind it; `None` for a
/// scheme that is not asked over HTTP.
fn split_scheme(reference: &str) -> Option<(Option<bool>, &str)> {
    // RFC 3986 §4.2: the first segment of a relative path has no colon.
    let scheme = reference.split_once(':').filter(|(scheme, _)| !scheme.contains(['/', '?']));
    let Some((scheme, rest)) = scheme else { return Some((None, reference)) };
    match scheme.to_ascii_lowercase().as_str() {
        "http" => Some((Some(false), rest)),
        "https" => Some((Some(true), rest)),
        _ => None,
    }
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
            ("/at?time=12:30", "/at?time=12:30"),
            ("//localhost/z", "/z"),
        ] {
            let expected = Some((None, expected.to_owned()));
            assert_eq!(resolve("localhost", "/a/b", reference), expected, "{reference}");
        }
        for (reference, secure, expected) in [
            ("http://localhost/y#top", false, "/y"),
            ("https://localhost", true, "/"),
            ("HTTPS://LocalHost?q", true, "/?q"),
        ] {
            let expected = Some((Some(secure), expected.to_owned()));
            assert_eq!(resolve("localhost", "/a/b", reference), expected, "{reference}");
        }
        for elsewhere in ["https://example.org/", "//example.org/", "mailto:x@localhost"] {
            assert_eq!(resolve("localhost", "/", elsewhere), None, "{elsewhere}");
        }
    }
}
