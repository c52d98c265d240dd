//! `Cookie`: one cookie for the client, and how it is written.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use http::HeaderValue;
use httpdate::fmt_http_date;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::error::{Error, Result};

/// What a value may not hold as it is: RFC 6265 §4.1.1 `cookie-octet`, and the sign of the encoding.
const VALUE: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'%').add(b',').add(b';').add(b'\\');

/// The most bytes that name and value have together.
const LARGEST: usize = 4096;

/// Its first second, in Unix time.
const YEAR_10000: u64 = 253_402_300_800;

/// A cookie that is set (RFC 6265 §4.1), to be answered with [`SetCookies`](crate::SetCookies).
///
/// It ends with the browser's session, unless [`max_age`](Self::max_age) or
/// [`expires`](Self::expires) says otherwise. What else is not said is chosen for safety, as
/// [`SetCookies`](crate::SetCookies) lists it.
///
/// ```
/// use std::time::Duration;
///
/// use purlin_core::{Cookie, SameSite, SetCookies};
///
/// const MONTH: Duration = Duration::from_hours(30 * 24);
///
/// async fn choose() -> (SetCookies, &'static str) {
///     let theme = Cookie::new("theme", "dark").max_age(MONTH).same_site(SameSite::Strict);
///     (SetCookies::new().add(theme), "chosen")
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Cookie {
    name: Cow<'static, str>,
    value: Cow<'static, str>,
    path: Cow<'static, str>,
    domain: Option<Cow<'static, str>>,
    max_age: Option<Duration>,
    expires: Option<SystemTime>,
    http_only: bool,
    is_partitioned: bool,
    same_site: SameSite,
    secure: Option<bool>,
}

/// With which requests that another site causes a browser sends a cookie (RFC 6265bis §5.5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the standard has these three")]
pub enum SameSite {
    /// With none.
    Strict,
    /// With links to this site alone.
    #[default]
    Lax,
    /// With all of them; the cookie is then `Secure`.
    None,
}

impl Cookie {
    /// A cookie of the whole site. The value may be any text: it is percent-encoded where it must
    /// be, and [`Cookies`](crate::Cookies) decodes it.
    pub fn new(name: impl Into<Cow<'static, str>>, value: impl Into<Cow<'static, str>>) -> Self {
        Self {
            name: name.into(),
            value: value.into(),
            path: "/".into(),
            domain: None,
            max_age: None,
            expires: None,
            http_only: true,
            is_partitioned: false,
            same_site: SameSite::Lax,
            secure: None,
        }
    }

    /// One that is over, so that the client forgets what it has by this name.
    pub(super) fn removal(name: String) -> Self {
        Self::new(name, "").max_age(Duration::ZERO).expires(SystemTime::UNIX_EPOCH)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its value, not encoded.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// The folder of paths that it is sent to; `/` unless said.
    #[must_use]
    pub fn path(mut self, path: impl Into<Cow<'static, str>>) -> Self {
        self.path = path.into();
        self
    }

    /// The host that it is sent to, together with all hosts below it; unless said, the host that
    /// sets it alone. A leading dot means nothing (RFC 6265 §5.2.3) and is not written.
    #[must_use]
    pub fn domain(mut self, domain: impl Into<Cow<'static, str>>) -> Self {
        self.domain = Some(domain.into());
        self
    }

    /// How long it is kept, in whole seconds. It goes before [`expires`](Self::expires).
    #[must_use]
    pub fn max_age(mut self, age: Duration) -> Self {
        self.max_age = Some(age);
        self
    }

    /// Until when it is kept, to the second.
    #[must_use]
    pub fn expires(mut self, at: SystemTime) -> Self {
        self.expires = Some(at);
        self
    }

    /// Whether scripts of the page cannot read it; `true` unless said.
    #[must_use]
    pub fn http_only(mut self, http_only: bool) -> Self {
        self.http_only = http_only;
        self
    }

    /// With which requests of other sites it is sent; [`SameSite::Lax`] unless said.
    #[must_use]
    pub fn same_site(mut self, same_site: SameSite) -> Self {
        self.same_site = same_site;
        self
    }

    /// Whether it goes over TLS alone; unless said, where its answer does, or where browsers demand
    /// it.
    #[must_use]
    pub fn secure(mut self, secure: bool) -> Self {
        self.secure = Some(secure);
        self
    }

    /// Whether it is kept apart for each site that embeds this one (CHIPS); it is then `Secure`.
    #[must_use]
    pub fn partitioned(mut self, partitioned: bool) -> Self {
        self.is_partitioned = partitioned;
        self
    }

    /// What stands in `Set-Cookie`.
    pub(super) fn write(&self, is_secure: bool) -> Result<HeaderValue> {
        let value = utf8_percent_encode(&self.value, VALUE).to_string();
        let is_secure = self.secure.unwrap_or(is_secure || self.needs_secure());
        if let Some(wrong) = self.contradiction(&value, is_secure) {
            return Err(Error::internal(format!("the cookie `{}` {wrong}", self.name)));
        }
        Ok(HeaderValue::try_from(self.line(value, is_secure))?)
    }

    fn line(&self, value: String, is_secure: bool) -> String {
        let mut line = format!("{}={value}", self.name);
        if self.http_only {
            line.push_str("; HttpOnly");
        }
        line.push_str("; SameSite=");
        line.push_str(self.same_site.as_str());
        if self.is_partitioned {
            line.push_str("; Partitioned");
        }
        if is_secure {
            line.push_str("; Secure");
        }
        line.push_str("; Path=");
        line.push_str(&self.path);
        if let Some(domain) = self.host() {
            line.push_str("; Domain=");
            line.push_str(domain);
        }
        if let Some(age) = self.max_age {
            line.push_str(&format!("; Max-Age={}", age.as_secs()));
        }
        if let Some(at) = self.expires.filter(|at| can_be_written(*at)) {
            line.push_str(&format!("; Expires={}", fmt_http_date(at)));
        }
        line
    }

    fn host(&self) -> Option<&str> {
        let domain = self.domain.as_deref()?;
        Some(domain.strip_prefix('.').unwrap_or(domain))
    }

    fn needs_secure(&self) -> bool {
        has_prefix(&self.name, "__Host-")
            || has_prefix(&self.name, "__Secure-")
            || self.same_site == SameSite::None
            || self.is_partitioned
    }

    /// Why browsers would drop this cookie, or take it for another.
    fn contradiction(&self, value: &str, is_secure: bool) -> Option<&'static str> {
        if !is_token(&self.name) {
            return Some("has a name that is no token (RFC 9110 §5.6.2)");
        }
        let is_plain = |text: &str| text.bytes().all(is_in_attribute);
        if !is_plain(&self.path) || !self.host().is_none_or(is_plain) {
            return Some("has a path or domain with a `;` or with what is not visible ASCII");
        }
        if self.needs_secure() && !is_secure {
            return Some("needs `Secure` for its prefix, or for `SameSite=None` or `Partitioned`");
        }
        if has_prefix(&self.name, "__Host-") && self.domain.is_some() {
            return Some("may have no `Domain`: `__Host-` stands for one host");
        }
        if has_prefix(&self.name, "__Host-") && self.path != "/" {
            return Some("must have `Path=/`: `__Host-` stands for the whole host");
        }
        if self.name.len() + value.len() > LARGEST {
            return Some("is larger than the 4,096 bytes that browsers keep (RFC 6265bis §5.7)");
        }
        None
    }
}

impl SameSite {
    fn as_str(self) -> &'static str {
        match self {
            Self::Strict => "Strict",
            Self::Lax => "Lax",
            Self::None => "None",
        }
    }
}

/// Whether a name has one of the prefixes of RFC 6265bis §4.1.3, which browsers compare in any case.
#[doc(hidden)]
pub fn has_prefix(name: &str, prefix: &str) -> bool {
    let start = name.get(..prefix.len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

/// A date has a year of four digits, from the beginning of Unix time on (RFC 6265 §5.1.1).
fn can_be_written(at: SystemTime) -> bool {
    at.duration_since(SystemTime::UNIX_EPOCH).is_ok_and(|since| since.as_secs() < YEAR_10000)
}

/// RFC 6265 §4.1.1 `av-value`, without a `;`, which would begin another attribute.
fn is_in_attribute(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' if byte != b';')
}

/// RFC 6265 §4.1.1: the name of a cookie is a token.
fn is_token(name: &str) -> bool {
    let is_letter = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    !name.is_empty() && name.bytes().all(is_letter)
}
