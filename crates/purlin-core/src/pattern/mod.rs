//! Patterns of paths: literals, `{parameters}` and a `{*tail}`.

mod segment;

use std::borrow::Cow;
use std::fmt::Write as _;

use percent_encoding::percent_decode_str;

pub(crate) use self::segment::{Segment, is_conflict, is_cut, meeting, segments};
use crate::error::{Error, Result};

/// A piece of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part<'p> {
    Literal(&'p str),
    Parameter { name: &'p str, tail: bool },
}

/// Takes a pattern apart. A brace without its partner is a literal; [`check`] refuses it.
pub(crate) fn parts(pattern: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = pattern;
    while let Some(open) = rest.find('{') {
        let Some(length) = rest[open..].find('}') else { break };
        if open > 0 {
            parts.push(Part::Literal(&rest[..open]));
        }
        let inside = &rest[open + 1..open + length];
        let (name, tail) = match inside.strip_prefix('*') {
            Some(name) => (name, true),
            None => (inside, false),
        };
        parts.push(Part::Parameter { name, tail });
        rest = &rest[open + length + 1..];
    }
    if !rest.is_empty() {
        parts.push(Part::Literal(rest));
    }
    parts
}

/// What is wrong with a pattern.
pub(crate) type PatternError = String;

/// Checks a pattern with all its prefixes, and gives the names of its parameters.
pub(crate) fn check(pattern: &str, most: usize) -> Result<Vec<String>, PatternError> {
    if !pattern.starts_with('/') {
        return Err(format!("`{pattern}` is no path: it does not begin with `/`"));
    }
    let mut names: Vec<String> = Vec::new();
    let all = parts(pattern);
    for (index, part) in all.iter().enumerate() {
        match part {
            Part::Literal(text) => check_literal(pattern, text)?,
            Part::Parameter { name, tail } => {
                check_name(pattern, name)?;
                if *tail && index + 1 < all.len() {
                    return Err(format!("the tail `{{*{name}}}` is not the end of `{pattern}`"));
                }
                if names.iter().any(|known| known == name) {
                    return Err(format!("`{pattern}` has two parameters `{name}`"));
                }
                names.push((*name).to_owned());
            }
        }
    }
    check_segments(pattern)?;
    if names.len() > most {
        return Err(format!("`{pattern}` has {} parameters, and {most} is the most", names.len()));
    }
    Ok(names)
}

fn check_literal(pattern: &str, text: &str) -> Result<(), PatternError> {
    if text.contains(['{', '}']) {
        return Err(format!("`{pattern}` has a brace without its partner"));
    }
    if text.contains(['?', '#']) {
        return Err(format!("`{pattern}` has a `?` or `#`, which end a path"));
    }
    // No request reaches it: `canonical` refuses such a path.
    if percent_decode_str(text).decode_utf8().is_err() {
        return Err(format!("`{pattern}` is not UTF-8 once its `%` escapes are decoded"));
    }
    Ok(())
}

fn check_name(pattern: &str, name: &str) -> Result<(), PatternError> {
    let good = !name.is_empty()
        && name.chars().all(|c| c.is_alphanumeric() || c == '_')
        && !name.starts_with(|c: char| c.is_ascii_digit());
    if good { Ok(()) } else { Err(format!("`{{{name}}}` in `{pattern}` is no parameter name")) }
}

/// One segment has at most one parameter.
fn check_segments(pattern: &str) -> Result<(), PatternError> {
    match pattern.split('/').find(|segment| segment.matches('{').count() > 1) {
        Some(segment) => Err(format!("`{segment}` in `{pattern}` has more than one parameter")),
        None => Ok(()),
    }
}

/// Puts a pattern under a prefix. The root of the inner routes is the prefix itself.
pub(crate) fn join(prefix: &str, pattern: &str) -> String {
    let prefix = prefix.trim_end_matches('/');
    if pattern == "/" && !prefix.is_empty() {
        return prefix.to_owned();
    }
    let slash = if pattern.starts_with('/') { "" } else { "/" };
    format!("{prefix}{slash}{pattern}")
}

/// A pattern whose literals are spelled as [`canonical`] spells paths.
pub(crate) fn normalize(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    for part in parts(pattern) {
        match part {
            Part::Literal(text) => normalize_literal(&mut out, text),
            Part::Parameter { name, tail } => {
                let star = if tail { "*" } else { "" };
                let _ = write!(out, "{{{star}{name}}}");
            }
        }
    }
    out
}

/// A pattern without the names of its parameters: two of one shape match the same paths.
pub(crate) fn shape(pattern: &str) -> String {
    let pattern = normalize(pattern);
    let parts = parts(&pattern).into_iter().map(|part| match part {
        Part::Literal(text) => text,
        Part::Parameter { tail: true, .. } => "{*}",
        Part::Parameter { tail: false, .. } => "{}",
    });
    parts.collect()
}

/// Patterns are written decoded or encoded; both mean the same path.
fn normalize_literal(out: &mut String, text: &str) {
    let mut rest = text.as_bytes();
    while let Some((&byte, behind)) = rest.split_first() {
        if let Some(value) = encoded(rest) {
            spell_encoded(out, value);
            rest = &behind[2..];
        } else {
            spell(out, byte);
            rest = behind;
        }
    }
}

/// Whether a path, or a part of one, has nothing that could be spelled in another way.
pub(crate) fn is_canonical(text: &str) -> bool {
    text.bytes().all(is_plain)
}

/// Spells a path in the one way routes are looked up by: what need not be encoded is not.
///
/// `None` where it is spelled so already, which is the rule.
///
/// # Errors
///
/// 400 `invalid_encoding` for `%` without two digits behind it, and for what is not UTF-8.
pub(crate) fn canonical(path: &str) -> Result<Option<Box<str>>> {
    if is_canonical(path) {
        return Ok(None);
    }
    let bytes = path.as_bytes();
    let mut out = String::with_capacity(path.len());
    let mut decoded = Vec::with_capacity(path.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if byte == b'%' {
            let value = encoded(&bytes[at..]).ok_or_else(|| {
                invalid("a `%` in the path is not followed by two hexadecimal digits")
            })?;
            spell_encoded(&mut out, value);
            decoded.push(value);
            at += 3;
        } else {
            // `http::Uri` lets some bytes through that RFC 3986 wants encoded.
            spell(&mut out, byte);
            decoded.push(byte);
            at += 1;
        }
    }
    if std::str::from_utf8(&decoded).is_err() {
        return Err(invalid("the path is not UTF-8"));
    }
    Ok((out != path).then(|| out.into_boxed_str()))
}

/// The byte for which a text begins with `%` and two digits.
fn encoded(text: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = text else { return None };
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()
}

/// An encoded slash is part of its segment and stays encoded; so does `%` itself.
fn spell_encoded(out: &mut String, value: u8) {
    match value {
        b'/' | b'%' => {
            let _ = write!(out, "%{value:02X}");
        }
        _ => spell(out, value),
    }
}

fn spell(out: &mut String, byte: u8) {
    if is_plain(byte) {
        out.push(char::from(byte));
    } else {
        let _ = write!(out, "%{byte:02X}");
    }
}

/// Whether a byte stands for itself in a path: RFC 3986 §3.3 `pchar`, and the slash.
fn is_plain(byte: u8) -> bool {
    const PLAIN: [bool; 256] = bytes(b"-._~!$&'()*+,;=:@/");
    PLAIN[usize::from(byte)]
}

/// A table of ASCII letters and digits, and of some other bytes.
pub(crate) const fn bytes(others: &[u8]) -> [bool; 256] {
    let mut table = [false; 256];
    let mut byte = 0u8;
    while byte < 128 {
        table[byte as usize] = byte.is_ascii_alphanumeric();
        byte += 1;
    }
    let mut at = 0;
    while at < others.len() {
        table[others[at] as usize] = true;
        at += 1;
    }
    table
}

fn invalid(detail: &'static str) -> Error {
    Error::bad_request("invalid_encoding", detail)
}

/// Decodes percent-encoded text.
pub(crate) fn decode(raw: &str) -> Result<Cow<'_, str>> {
    if !raw.contains('%') {
        return Ok(Cow::Borrowed(raw));
    }
    Ok(percent_decode_str(raw).decode_utf8()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_checked() {
        assert_eq!(check("/a/{b}/{*c}", 8).unwrap(), ["b", "c"]);
        assert!(check("/caf%C3%A9/100%/{a}", 8).is_ok());
        for wrong in [
            "a",
            "/{",
            "/}",
            "/{a}/{a}",
            "/{*a}/b",
            "/{a}{b}",
            "/{}",
            "/{1}",
            "/a?b",
            "/%FF",
            "/{a}%C3/%A9",
            "/{a}/{b}/{c}",
        ] {
            assert!(check(wrong, 2).is_err(), "{wrong}");
        }
    }

    #[test]
    fn prefixes_join_without_doubled_slashes() {
        assert_eq!(join("/api", "/"), "/api");
        assert_eq!(join("/api/", "/x"), "/api/x");
        assert_eq!(join("", "/"), "/");
        assert_eq!(join("/", "/"), "/");
    }

    #[test]
    fn paths_have_one_spelling() {
        assert_eq!(canonical("/caf%c3%a9").unwrap().as_deref(), Some("/caf%C3%A9"));
        assert_eq!(canonical("/%61").unwrap().as_deref(), Some("/a"));
        assert_eq!(canonical("/a%2Fb").unwrap(), None);
        assert_eq!(canonical("/caf\u{e9}%20[x]").unwrap().as_deref(), Some("/caf%C3%A9%20%5Bx%5D"));
        assert_eq!(normalize("/café/{x}"), "/caf%C3%A9/{x}");
        assert_eq!(normalize("/caf%c3%a9/%61%2fb%25"), "/caf%C3%A9/a%2Fb%25");
        assert_eq!(normalize("/100%/{x}/5%"), "/100%25/{x}/5%25");
        for wrong in ["/%", "/%a", "/%zz", "/%ff"] {
            assert!(canonical(wrong).is_err(), "{wrong}");
        }
    }
}
