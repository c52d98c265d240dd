//! For which hosts a server answers.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use http::header::HOST;
use http::{HeaderMap, Uri};
use purlin_core::host_name;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

const MESSAGE: &str =
    "must be a host without a port, like example.com, *.example.com, 192.0.2.1 or [::1]";

/// A host that a server answers for, or with `*.` in front all names below one.
///
/// Neither the port nor the case of letters counts, nor a dot at the end.
///
/// ```
/// use purlin_server::HostPattern;
///
/// let below: HostPattern = "*.example.com".parse().unwrap();
/// assert!(below.matches("api.EXAMPLE.com:8080"));
/// assert!(!below.matches("example.com"));
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct HostPattern {
    /// In lower case, without a dot at the end.
    name: Box<str>,
    /// Whether it stands for the names below that one, and not for it.
    is_below: bool,
}

impl HostPattern {
    /// Whether a host, as `Host` has it, is one of these.
    pub fn matches(&self, host: &str) -> bool {
        let host = host_name(host);
        if !self.is_below {
            return host.eq_ignore_ascii_case(&self.name);
        }
        let Some(begin) = host.len().checked_sub(self.name.len()) else { return false };
        let (front, end) = (host.as_bytes().get(..begin), host.as_bytes().get(begin..));
        let is_below = front.is_some_and(|front| front.len() > 1 && front.ends_with(b"."));
        is_below && end.is_some_and(|end| end.eq_ignore_ascii_case(self.name.as_bytes()))
    }
}

/// Whether one of these stands for every host that a request names: in `Host`, and in its target,
/// which counts for more (RFC 9112 §3.2.2). A request that names none is for no host.
pub(crate) fn are_allowed(allowed: &[HostPattern], headers: &HeaderMap, uri: &Uri) -> bool {
    let is_allowed = |host: &str| allowed.iter().any(|pattern| pattern.matches(host));
    let mut named = headers.get_all(HOST).iter().peekable();
    let is_named = named.peek().is_some() || uri.authority().is_some();
    is_named
        && named.all(|host| host.to_str().is_ok_and(is_allowed))
        && uri.authority().is_none_or(|authority| is_allowed(authority.as_str()))
}

impl fmt::Display for HostPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let front = if self.is_below { "*." } else { "" };
        write!(f, "{front}{}", self.name)
    }
}

impl FromStr for HostPattern {
    type Err = HostPatternError;

    fn from_str(text: &str) -> Result<Self, HostPatternError> {
        let (name, is_below) = match text.strip_prefix("*.") {
            Some(name) => (name, true),
            None => (text, false),
        };
        let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
        let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
        let is_host = match bare {
            Some(address) => !is_below && address.parse::<std::net::Ipv6Addr>().is_ok(),
            None => name.split('.').all(is_label),
        };
        let name = name.into_boxed_str();
        is_host.then_some(Self { name, is_below }).ok_or(HostPatternError(()))
    }
}

fn is_label(label: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    !label.is_empty() && label.bytes().all(is_letter)
}

/// Text that is no host.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct HostPatternError(());

impl fmt::Display for HostPatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MESSAGE)
    }
}

impl std::error::Error for HostPatternError {}

impl Serialize for HostPattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for HostPattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for HostPattern {
    fn schema_name() -> Cow<'static, str> {
        "HostPattern".into()
    }

    fn schema_id() -> Cow<'static, str> {
        "purlin::server::HostPattern".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^((\\*\\.)?[0-9A-Za-z_-]+(\\.[0-9A-Za-z_-]+)*\\.?|\\[[0-9A-Fa-f:.]+\\])$",
            "examples": ["example.com"],
            "x-message": MESSAGE,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, inside: &[&str], outside: &[&str]) {
        let read: HostPattern = pattern.parse().unwrap();
        assert_eq!(read.to_string(), pattern);
        for (hosts, expected) in [(inside, true), (outside, false)] {
            for host in hosts {
                assert_eq!(read.matches(host), expected, "{pattern} {host}");
            }
        }
    }

    #[test]
    fn hosts_are_compared_whole() {
        check(
            "example.com",
            &["example.com", "Example.COM:80", "example.com.", "example.com.:1"],
            &["", "a.example.com", "example.com.evil", "evilexample.com", "example.com..", "com"],
        );
        check(
            "*.example.com",
            &["a.example.com", "a.b.example.com:9", "A.EXAMPLE.COM."],
            &[
                "example.com",
                ".example.com",
                "aexample.com",
                "a.example.com.evil",
                "\u{e9}xample.com",
            ],
        );
        check("[::1]", &["[::1]", "[::1]:80"], &["::1", "[::2]", "[::1"]);
        check("127.0.0.1", &["127.0.0.1:3000"], &["127.0.0.10"]);
    }

    #[test]
    fn text_that_is_no_host_is_refused() {
        for text in ["", "*", "*.", "a:80", "http://a", "a/b", "a..b", "*.*.a", "a.*", "[x]", "::1"]
        {
            assert!(text.parse::<HostPattern>().is_err(), "{text}");
        }
    }
}
