//! Verified URLs: addresses of routes, written out only where it is known where they are mounted.
//!
//! `show::url(id)` names a route and its parameters. The path it stands for depends on the
//! prefixes under which the application mounts the route, so it is worked out at the end: by a
//! response such as `Created`, by [`Urls`](crate::Urls), by the test client.

use std::any::TypeId;
use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::OnceLock;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::Serialize;

use crate::error::{Error, Result};
use crate::hosts::{self, HostPattern};

/// What stands unencoded in a path segment: RFC 3986 §3.3 `pchar`, less what only confuses.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'!')
    .remove(b'$')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b',')
    .remove(b':')
    .remove(b'@');

/// What an address that is text already never has (RFC 3986 §2). `%` stays: it is encoded by whoever
/// wrote it. So do control characters, which are an attack or a mistake: they are refused with the
/// header.
const NOT_IN_ADDRESS: &AsciiSet = &AsciiSet::EMPTY
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// Encodes text as one path segment.
pub(crate) fn encode_segment(text: &str) -> impl std::fmt::Display {
    utf8_percent_encode(text, SEGMENT)
}

/// The address of a route, of something else in this application, or elsewhere.
///
/// A route's address is made by its attribute: `show::url(id)`. A literal such as `"/books"` becomes
/// one by itself. Text that was put together at run time does not: [`Url::local`] checks that it
/// stays on this site, and [`Url::external`] says that it need not.
///
/// ```
/// use purlin_core::{Query, Redirect, Result, Unchecked, Url};
/// # use std::collections::HashMap;
///
/// // `?next=/books/7` leads back there, `?next=//evil.example` is 400.
/// async fn signed_in(query: Query<Unchecked<HashMap<String, String>>>) -> Result<Redirect> {
///     let next = query.get("next").cloned().unwrap_or_else(|| "/".to_owned());
///     Ok(Redirect::to(Url::local(next)?))
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Url {
    target: Target,
    query: String,
    /// Encoded.
    fragment: Option<String>,
}

#[derive(Clone, Debug)]
enum Target {
    Route { id: TypeId, what: &'static str, parameters: Vec<(&'static str, String)> },
    Text(Cow<'static, str>),
}

impl Url {
    /// The address of the route with this type, its parameters already as text; made by the
    /// route attributes.
    #[doc(hidden)]
    pub fn of_route<R: 'static>(
        what: &'static str,
        parameters: Vec<(&'static str, String)>,
    ) -> Self {
        let target = Target::Route { id: TypeId::of::<R>(), what, parameters };
        Self { target, query: String::new(), fragment: None }
    }

    /// A path on this site, with its query and fragment, that is only known at run time: where a
    /// client wants to go after it has signed in. Nobody checks that a route answers there.
    ///
    /// # Errors
    ///
    /// 400 `foreign_address` for what a browser could take for another site: everything that does not
    /// begin with one `/`, a second `/` or a `\` behind it, encoded or not, control characters, and
    /// dot segments.
    ///
    /// ```
    /// use purlin_core::Url;
    ///
    /// assert!(Url::local("/books?page=2").is_ok());
    /// for foreign in ["//evil.example", "https:evil.example", "/\\evil.example", "/..//evil.example"] {
    ///     assert!(Url::local(foreign).is_err());
    /// }
    /// ```
    pub fn local(path: impl Into<Cow<'static, str>>) -> Result<Self> {
        let path = path.into();
        if is_local(&path) { Ok(Self::text(path)) } else { Err(foreign()) }
    }

    /// An address as it is, wherever it leads; for other sites.
    ///
    /// # Security
    ///
    /// Never with text of a request: a redirect to it would lend your name to any site. Where it
    /// has to lead into this application, use [`Url::local`].
    pub fn external(url: impl Into<Cow<'static, str>>) -> Self {
        Self::text(url.into())
    }

    /// What an address has no place for is encoded, as a browser does it in its address line.
    fn text(text: Cow<'static, str>) -> Self {
        let text = match utf8_percent_encode(&text, NOT_IN_ADDRESS).into() {
            Cow::Borrowed(_) => text,
            Cow::Owned(encoded) => Cow::Owned(encoded),
        };
        // What is added goes before the fragment (RFC 3986 §3).
        let (text, fragment) = match text.find('#') {
            Some(at) => (Cow::Owned(text[..at].to_owned()), Some(text[at + 1..].to_owned())),
            None => (text, None),
        };
        Self { target: Target::Text(text), query: String::new(), fragment }
    }

    /// Sets a parameter that a prefix or a host brings, and that is otherwise taken from the current
    /// request: `home::url().with_parameter("tenant", "acme")`.
    #[must_use]
    pub fn with_parameter(mut self, name: &'static str, value: impl std::fmt::Display) -> Self {
        if let Target::Route { parameters, .. } = &mut self.target {
            parameters.retain(|(known, _)| *known != name);
            parameters.push((name, value.to_string()));
        }
        self
    }

    /// Adds a query, from any type that serializes to names and values.
    ///
    /// # Errors
    ///
    /// When the value is no list of names and values.
    pub fn with_query(mut self, query: &impl Serialize) -> Result<Self> {
        self.query = serde_html_form::to_string(query)?;
        Ok(self)
    }

    /// Sets the fragment: the part after `#`. One that the address has already is replaced.
    #[must_use]
    pub fn with_fragment(mut self, fragment: impl Into<String>) -> Self {
        self.fragment = Some(encode_segment(&fragment.into()).to_string());
        self
    }

    pub(crate) fn route(&self) -> Option<(TypeId, &'static str)> {
        match &self.target {
            Target::Route { id, what, .. } => Some((*id, what)),
            Target::Text(_) => None,
        }
    }

    fn finish(&self, mut path: String) -> String {
        if !self.query.is_empty() {
            path.push(if path.contains('?') { '&' } else { '?' });
            path.push_str(&self.query);
        }
        if let Some(fragment) = &self.fragment {
            path.push('#');
            path.push_str(fragment);
        }
        path
    }
}

/// A literal: whoever wrote the program knows where it leads.
impl From<&'static str> for Url {
    fn from(url: &'static str) -> Self {
        Self::text(url.into())
    }
}

/// Whether a browser stays on this site with it. Browsers read `\` as `/`, and drop tabs and line
/// breaks (WHATWG URL §4.4); what stands between may decode the path once more.
fn is_local(address: &str) -> bool {
    if address.bytes().any(|b| b.is_ascii_control()) {
        return false;
    }
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let decoded = percent_decode_str(path).decode_utf8_lossy();
    let is_rooted = |path: &str| path.starts_with('/') && !path[1..].starts_with(['/', '\\']);
    is_rooted(path)
        && is_rooted(&decoded)
        && !path.contains('\\')
        && !decoded.bytes().any(|b| b.is_ascii_control())
        && !has_dot_segment(&decoded)
}

/// RFC 3986 §5.2.4: clients take these segments out, and what is before them with `..`.
fn has_dot_segment(path: &str) -> bool {
    path.split(['/', '\\']).any(|segment| matches!(segment, "." | ".."))
}

fn foreign() -> Error {
    Error::bad_request("foreign_address", "the address is no path on this site")
}

/// Where one route is mounted.
#[derive(Clone, Debug)]
pub(crate) struct Mount {
    /// The only host on which it answers.
    pub(crate) host: Option<HostPattern>,
    pub(crate) pattern: String,
}

/// From where an address is seen.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Here<'h> {
    /// The pattern of the route that writes it.
    pub(crate) pattern: &'h str,
    /// The host and the port that the current request names.
    pub(crate) authority: Option<&'h str>,
}

/// Where all routes are mounted; filled by the assembly.
#[derive(Debug)]
pub(crate) struct UrlTable {
    /// Whether a host that nobody has vouched for is never written out.
    is_strict: bool,
    mounts: OnceLock<Mounts>,
}

#[derive(Debug)]
struct Mounts {
    of_routes: HashMap<TypeId, Vec<Mount>>,
    /// Whether any of them is for one host alone.
    know_hosts: bool,
}

impl UrlTable {
    pub(crate) fn new(is_strict: bool) -> Self {
        Self { is_strict, mounts: OnceLock::new() }
    }

    pub(crate) fn fill(&self, mounts: HashMap<TypeId, Vec<Mount>>) {
        let know_hosts = mounts.values().flatten().any(|mount| mount.host.is_some());
        let _ = self.mounts.set(Mounts { of_routes: mounts, know_hosts });
    }

    pub(crate) fn is_strict(&self) -> bool {
        self.is_strict
    }

    /// Whether any route that has an address is for one host alone.
    pub(crate) fn knows_hosts(&self) -> bool {
        self.mounts.get().is_some_and(|mounts| mounts.know_hosts)
    }

    /// Writes an address out. `here` and `parameter`, which gives the parameters of the current
    /// request, settle what a prefix or a host brings.
    pub(crate) fn resolve<'p>(
        &self,
        url: &Url,
        here: Here<'_>,
        parameter: impl Fn(&str) -> Option<Cow<'p, str>>,
    ) -> Result<String> {
        let (id, what, parameters) = match &url.target {
            Target::Text(text) => return Ok(url.finish(text.clone().into_owned())),
            Target::Route { id, what, parameters } => (id, what, parameters),
        };
        let mounts = self.mounts.get().and_then(|mounts| mounts.of_routes.get(id));
        let mount =
            nearest(mounts.map_or(&[], Vec::as_slice), here).ok_or_else(|| unmounted(what))?;
        let given = |name: &str| {
            let own = parameters.iter().find(|(known, _)| *known == name);
            match own {
                Some((_, value)) => Ok(Cow::Borrowed(value.as_str())),
                None => parameter(name).ok_or_else(|| unknown_parameter(what, name)),
            }
        };
        let mut path = String::new();
        for part in crate::pattern::parts(&mount.pattern) {
            match part {
                crate::pattern::Part::Literal(text) => {
                    path.push_str(&crate::pattern::normalize(text));
                }
                crate::pattern::Part::Parameter { name, tail } => {
                    let value = given(name)?;
                    if value.is_empty() {
                        return Err(empty_parameter(what, name));
                    }
                    write_parameter(&mut path, &value, tail);
                }
            }
        }
        // RFC 3986 §4.2: two slashes at the beginning are another host.
        if path.starts_with("//") || has_dot_segment(&path) {
            return Err(leads_elsewhere(what, &path));
        }
        let Some(host) = &mount.host else { return Ok(url.finish(path)) };
        let host = host.write(|name| {
            let value = given(name.ok_or_else(|| nameless_host(what, host))?)?;
            if hosts::is_label(&value) { Ok(value) } else { Err(leads_elsewhere(what, &value)) }
        })?;
        let (here, port) = here.authority.map_or(("", ""), hosts::split_port);
        if hosts::canonical(here) == host {
            return Ok(url.finish(path));
        }
        // RFC 3986 §4.2: without a scheme, so that a page over TLS leads to one over TLS.
        Ok(url.finish(format!("//{host}{port}{path}")))
    }
}

/// The mount on the host from which the address is written, and of several the one that shares the
/// longest prefix with the place.
fn nearest<'m>(mounts: &'m [Mount], here: Here<'_>) -> Option<&'m Mount> {
    let authority = here.authority.unwrap_or_default();
    let is_here = |mount: &Mount| match &mount.host {
        Some(host) if host.matches(&hosts::canonical(authority)) => 2,
        Some(_) => 0,
        None => 1,
    };
    let shared = |mount: &&Mount| {
        let segments = mount.pattern.split('/').zip(here.pattern.split('/'));
        (is_here(mount), segments.take_while(|(a, b)| a == b).count())
    };
    // The first of equals: `max_by_key` would take the last.
    mounts.iter().rev().max_by_key(shared)
}

fn write_parameter(path: &mut String, value: &str, tail: bool) {
    if !tail {
        let _ = write!(path, "{}", encode_segment(value));
        return;
    }
    for (index, segment) in value.split('/').enumerate() {
        let slash = if index == 0 { "" } else { "/" };
        let _ = write!(path, "{slash}{}", encode_segment(segment));
    }
}

/// A route does not match where a parameter has no text.
fn empty_parameter(what: &str, name: &str) -> Error {
    let text =
        format!("the address of `{what}` has an empty `{{{name}}}`, which no request can have");
    Error::internal(text)
}

fn nameless_host(what: &str, host: &HostPattern) -> Error {
    let text =
        format!("the address of `{what}` is on `{host}`, and nothing says on which of these");
    Error::internal(text).with_help("give the label a name: `{tenant}` instead of `*`")
}

fn leads_elsewhere(what: &str, path: &str) -> Error {
    let text = format!("the address of `{what}` would be `{path}`, which clients take for another");
    Error::internal(text).with_help("a segment of a path is neither `.` nor `..`")
}

fn unmounted(what: &str) -> Error {
    let text = format!("the address of `{what}` is wanted, and the application does not mount it");
    Error::internal(text).with_help(format!("add `{what}` to the application's `routes![…]`"))
}

fn unknown_parameter(what: &str, name: &str) -> Error {
    let text = format!(
        "the address of `{what}` needs `{{{name}}}`, which neither the address nor this request has"
    );
    Error::internal(text)
}
