//! Hosts: patterns of host names, and a router for each.
//!
//! A request is looked up among the routes of its own host first, then among those of the patterns
//! that match it, the most telling one first, then among those of every host. The first of them
//! that has a route answers; where no route has a host, none of this happens.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::fmt;

use http::Method;
use http::header::HOST;

use crate::pattern;
use crate::request::{HostCaptures, Request};
use crate::router::{Conflict, Matched, Router};

/// What stands for the name of a parameter that has none, `*`. No name is like it.
pub(crate) const NAMELESS: &str = "*";

/// One label of a pattern: what stands between two dots.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Label {
    Literal(String),
    /// Any one label; `*` has no name.
    Any(Option<String>),
}

/// The pattern of a host: `api.example.com`, `{tenant}.example.com`, `*.example.com`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HostPattern {
    labels: Vec<Label>,
}

impl fmt::Display for HostPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, label) in self.labels.iter().enumerate() {
            f.write_str(if index == 0 { "" } else { "." })?;
            match label {
                Label::Literal(text) => f.write_str(text)?,
                Label::Any(Some(name)) => write!(f, "{{{name}}}")?,
                Label::Any(None) => f.write_str("*")?,
            }
        }
        Ok(())
    }
}

impl HostPattern {
    /// Reads a pattern. Case and a dot at the end do not count.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let shown = text.strip_suffix('.').unwrap_or(text);
        if is_address(shown) {
            let labels = vec![Label::Literal(shown.to_ascii_lowercase())];
            return Ok(Self { labels });
        }
        if shown.contains(['/', ':']) {
            return Err(format!("`{text}` is no host: it has neither a scheme, a port nor a path"));
        }
        let labels = shown.split('.').map(|label| parse_label(label, text));
        let pattern = Self { labels: labels.collect::<Result<_, _>>()? };
        let names: Vec<&str> = pattern.names().collect();
        match names.iter().enumerate().find(|(index, name)| names[..*index].contains(name)) {
            Some((_, name)) => Err(format!("`{text}` has two parameters `{name}`")),
            None => Ok(pattern),
        }
    }

    /// Its parameters, from left to right, those without a name included: two patterns that match
    /// the same hosts have one router, and what one of them calls `{tenant}` may be `*` in the other.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = &str> {
        self.labels.iter().filter_map(|label| match label {
            Label::Any(name) => Some(name.as_deref().unwrap_or(NAMELESS)),
            Label::Literal(_) => None,
        })
    }

    /// The names of its parameters, from left to right.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.parameters().filter(|name| *name != NAMELESS)
    }

    /// Writes a host out; `value` gives the parameters.
    pub(crate) fn write<'v, E>(
        &self,
        value: impl Fn(Option<&str>) -> Result<Cow<'v, str>, E>,
    ) -> Result<String, E> {
        let labels = self.labels.iter().map(|label| match label {
            Label::Literal(text) => Ok(text.clone()),
            Label::Any(name) => value(name.as_deref()).map(|text| text.to_ascii_lowercase()),
        });
        Ok(labels.collect::<Result<Vec<_>, E>>()?.join("."))
    }

    fn is_exact(&self) -> bool {
        self.labels.iter().all(|label| matches!(label, Label::Literal(_)))
    }

    /// Whether both match the same hosts: the names of parameters do not count.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        let same = |(one, other): (&Label, &Label)| match (one, other) {
            (Label::Literal(one), Label::Literal(other)) => one == other,
            (one, other) => matches!((one, other), (Label::Any(_), Label::Any(_))),
        };
        self.labels.len() == other.labels.len() && self.labels.iter().zip(&other.labels).all(same)
    }

    /// Whether a request is looked up on the other one, where this one has nothing for it.
    pub(crate) fn gives_way_to(&self, other: &Self) -> bool {
        let meets = |(one, other): (&Label, &Label)| match (one, other) {
            (Label::Literal(one), Label::Literal(other)) => one == other,
            _ => true,
        };
        let all_meet = self.labels.iter().zip(&other.labels).all(meets);
        all_meet && self.labels.len() == other.labels.len() && self.rank() <= other.rank()
    }

    /// Of two patterns that match one host, the literal in the first label from the right in which
    /// they differ decides.
    pub(crate) fn rank(&self) -> Vec<Reverse<bool>> {
        let is_literal = |label: &Label| Reverse(matches!(label, Label::Literal(_)));
        self.labels.iter().rev().map(is_literal).collect()
    }

    /// Whether a host in canonical spelling is one of these.
    pub(crate) fn matches(&self, host: &str) -> bool {
        if self.is_exact() { self.to_string() == host } else { self.captures(host).is_some() }
    }

    /// The labels of a host under its parameters; `None` where it does not match. RFC 3986 §3.2.2
    /// lets clients write `%2e` and `!` in a host; no name that anybody registered has these.
    fn captures(&self, host: &str) -> Option<Vec<Box<str>>> {
        if host.starts_with('[') {
            return None;
        }
        let mut given = host.split('.');
        let mut captures = Vec::new();
        for label in &self.labels {
            let text = given.next()?;
            match label {
                Label::Literal(literal) if literal == text => {}
                Label::Any(_) if is_label(text) => captures.push(text.into()),
                Label::Literal(_) | Label::Any(_) => return None,
            }
        }
        given.next().is_none().then_some(captures)
    }
}

/// RFC 3986 §3.2.2: an IPv6 address stands in brackets, and has colons and dots of its own.
fn is_address(text: &str) -> bool {
    let inside = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    inside.is_some_and(|inside| inside.parse::<std::net::Ipv6Addr>().is_ok())
}

fn parse_label(label: &str, pattern: &str) -> Result<Label, String> {
    if label == "*" {
        return Ok(Label::Any(None));
    }
    if let Some(name) = label.strip_prefix('{').and_then(|label| label.strip_suffix('}')) {
        let good = name.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_alphanumeric() || c == '_');
        let named = || Label::Any(Some(name.to_owned()));
        return good
            .then(named)
            .ok_or_else(|| format!("`{{{name}}}` in `{pattern}` is no parameter name"));
    }
    if label.is_empty() {
        return Err(format!("`{pattern}` is no host: there is nothing between two dots"));
    }
    if !label.is_ascii() {
        return Err(format!("`{label}` in `{pattern}` is not ASCII: clients send `xn--…` for it"));
    }
    if !is_label(label) {
        let why = "a label is letters, digits and hyphens, `*`, or a `{parameter}` alone";
        return Err(format!("`{label}` in `{pattern}` is no label of a host: {why}"));
    }
    Ok(Label::Literal(label.to_ascii_lowercase()))
}

/// Whether a text can be one label of a host (RFC 1123 §2.1, and `_` as names in use have it).
pub(crate) fn is_label(text: &str) -> bool {
    let is_good = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    !text.is_empty() && text.len() <= 63 && text.bytes().all(is_good)
}

/// A host and its port, which is empty or begins with a colon.
pub(crate) fn split_port(authority: &str) -> (&str, &str) {
    let name_ends = if authority.starts_with('[') { authority.find(']') } else { Some(0) };
    let from = name_ends.unwrap_or(authority.len());
    let colon = authority[from..].find(':').map_or(authority.len(), |at| from + at);
    authority.split_at(colon)
}

/// The host of an authority: without port, and without the dot that ends a name.
#[doc(hidden)]
pub fn name_of(authority: &str) -> &str {
    let (host, _) = split_port(authority);
    host.strip_suffix('.').unwrap_or(host)
}

/// The host of an authority as hosts are compared: as [`name_of`] has it, in lower case.
pub(crate) fn canonical(authority: &str) -> Cow<'_, str> {
    let host = name_of(authority);
    if host.bytes().any(|b| b.is_ascii_uppercase()) {
        Cow::Owned(host.to_ascii_lowercase())
    } else {
        Cow::Borrowed(host)
    }
}

/// Host and port that a request names. RFC 9112 §3.2.2: an absolute target goes before `Host`.
pub(crate) fn authority(request: &Request) -> Option<&str> {
    let of_target = request.uri().authority().map(http::uri::Authority::as_str);
    of_target.or_else(|| request.header(HOST))
}

/// What was found for a request, and what the parameters of its host are.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) matched: Matched,
    pub(crate) host: Option<HostCaptures>,
}

impl Found {
    /// Whether it is a route, and the path it was found by is in canonical spelling. Of a pattern's
    /// literals that is known, so that only the parameters are looked at; they are plain then.
    pub(crate) fn is_canonical(&mut self, path: &str) -> bool {
        let Matched::Route { captures, .. } = &mut self.matched else { return false };
        let is_canonical = captures.parts(path).all(pattern::is_canonical);
        if is_canonical {
            captures.set_plain();
        }
        is_canonical
    }

    fn new(matched: Matched, captures: Vec<Box<str>>) -> Self {
        let host = (!captures.is_empty()).then(|| captures.into_boxed_slice());
        Self { matched, host }
    }
}

impl From<Matched> for Found {
    fn from(matched: Matched) -> Self {
        Self { matched, host: None }
    }
}

/// The routes of all hosts.
#[derive(Debug, Default)]
pub(crate) struct Hosts {
    everywhere: Router,
    exact: HashMap<String, Router>,
    /// The most telling first.
    patterns: Vec<(HostPattern, Router)>,
}

impl Hosts {
    /// Adds a route; pattern and host were checked.
    pub(crate) fn insert(
        &mut self,
        host: Option<&HostPattern>,
        method: &Method,
        pattern: &str,
        index: usize,
    ) -> Result<(), Conflict> {
        self.of_host(host).insert(method, pattern, index)
    }

    fn of_host(&mut self, host: Option<&HostPattern>) -> &mut Router {
        let Some(host) = host else { return &mut self.everywhere };
        if host.is_exact() {
            return self.exact.entry(host.to_string()).or_default();
        }
        let known = self.patterns.iter().position(|(known, _)| known.is_like(host));
        let index = known.unwrap_or_else(|| {
            self.patterns.push((host.clone(), Router::default()));
            self.patterns.len() - 1
        });
        &mut self.patterns[index].1
    }

    /// To be called when all routes are there.
    pub(crate) fn finish(&mut self) {
        self.everywhere.finish();
        self.exact.values_mut().for_each(Router::finish);
        self.patterns.iter_mut().for_each(|(_, router)| router.finish());
        self.patterns.sort_by_cached_key(|(pattern, _)| pattern.rank());
    }

    /// Finds the route for a request, on a path that may be spelled in another way than its own.
    #[inline]
    pub(crate) fn find(&self, request: &Request, path: &str) -> Found {
        if self.exact.is_empty() && self.patterns.is_empty() {
            return self.everywhere.find(request.method(), path).into();
        }
        self.find_by_host(request, path)
    }

    fn find_by_host(&self, request: &Request, path: &str) -> Found {
        let method = request.method();
        let host = authority(request).map(canonical).unwrap_or_default();
        let mut others: Vec<Method> = Vec::new();
        let mut note = |methods: Vec<Method>| {
            for method in methods {
                if !others.contains(&method) {
                    others.push(method);
                }
            }
        };
        for (router, captures) in self.of_request(&host) {
            match router.find(method, path) {
                Matched::Nothing => {}
                Matched::OtherMethods(methods) => note(methods),
                matched @ Matched::Route { .. } => return Found::new(matched, captures),
            }
        }
        if others.is_empty() {
            Matched::Nothing.into()
        } else {
            Matched::OtherMethods(others).into()
        }
    }

    /// The routers for a host, in the order in which they are asked, with what its parameters are.
    fn of_request<'h>(
        &'h self,
        host: &'h str,
    ) -> impl Iterator<Item = (&'h Router, Vec<Box<str>>)> {
        let exact = self.exact.get(host).map(|router| (router, Vec::new()));
        let patterns = self.patterns.iter();
        let patterns = patterns.filter_map(|(pattern, router)| {
            pattern.captures(host).map(|captures| (router, captures))
        });
        exact.into_iter().chain(patterns).chain([(&self.everywhere, Vec::new())])
    }

    /// The route that would answer if those before it were not there, so many of them.
    #[cold]
    pub(crate) fn candidate(&self, request: &Request, before: usize) -> Option<Found> {
        let (method, path) = (request.method(), request.routing_path());
        let host = authority(request).map(canonical).unwrap_or_default();
        let mut found = self.of_request(&host).flat_map(|(router, captures)| {
            let matched = router.candidates(method, path).into_iter();
            matched.map(move |matched| Found::new(matched, captures.clone()))
        });
        found.nth(before)
    }

    /// All methods that have routes, on whatever host.
    pub(crate) fn methods(&self) -> Vec<Method> {
        let of_hosts = self.exact.values().chain(self.patterns.iter().map(|(_, router)| router));
        let mut all = self.everywhere.methods();
        for method in of_hosts.flat_map(Router::methods) {
            if !all.contains(&method) {
                all.push(method);
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_checked() {
        for good in ["api.example.com", "{tenant}.example.com", "*.Example.com.", "[::1]", "a"] {
            assert!(HostPattern::parse(good).is_ok(), "{good}");
        }
        for wrong in [
            "",
            "a..b",
            "example.com:80",
            "http://a",
            "a/b",
            "x{y}.com",
            "{}.com",
            "{1}.com",
            "{a}.{a}.com",
            "bücher.example",
            "[::x]",
        ] {
            assert!(HostPattern::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_found_path_is_canonical_if_its_parameters_are() {
        let mut hosts = Hosts::default();
        hosts.insert(None, &Method::GET, "/café/{name}/{*rest}", 0).unwrap();
        hosts.finish();
        let is_canonical = |path| {
            let request = Request::new(Method::GET, path);
            hosts.find(&request, request.path()).is_canonical(path)
        };
        assert!(is_canonical("/caf%C3%A9/a/b"));
        assert!(!is_canonical("/caf%C3%A9/%61/b"));
        assert!(!is_canonical("/caf%C3%A9/a/b/%63"));
        assert!(!is_canonical("/other"));
    }

    #[test]
    fn hosts_have_one_spelling() {
        for (authority, host) in [
            ("API.example.COM:8080", "api.example.com"),
            ("example.com.", "example.com"),
            ("example.com.:80", "example.com"),
            ("[::1]:80", "[::1]"),
            ("", ""),
        ] {
            assert_eq!(canonical(authority), host, "{authority}");
        }
    }

    #[test]
    fn a_pattern_takes_one_label() {
        let pattern = HostPattern::parse("{tenant}.*.example.com").unwrap();
        assert_eq!(pattern.captures("a.b.example.com").unwrap(), ["a", "b"].map(Box::from));
        for other in ["a.example.com", "a.b.c.example.com", ".b.example.com", "a.b.example.org"]
            .into_iter()
            .chain(["%2e%2e%2fa.b.example.com", "a.b!.example.com"])
        {
            assert!(pattern.captures(other).is_none(), "{other}");
        }
    }

    #[test]
    fn of_two_patterns_the_more_telling_one_from_the_right_wins() {
        let mut hosts = Hosts::default();
        for (index, host) in ["x.{a}.com", "{a}.b.com", "{a}.{b}.com"].into_iter().enumerate() {
            let host = HostPattern::parse(host).unwrap();
            hosts.insert(Some(&host), &Method::GET, "/", index).unwrap();
        }
        hosts.finish();
        let index = |host: &str| {
            let request = Request::new(Method::GET, &format!("http://{host}/"));
            match hosts.find(&request, "/").matched {
                Matched::Route { index, .. } => Some(index),
                _ => None,
            }
        };
        assert_eq!(index("x.b.com"), Some(1));
        assert_eq!(index("x.c.com"), Some(0));
        assert_eq!(index("y.c.com"), Some(2));
        assert_eq!(index("c.com"), None);
    }
}
