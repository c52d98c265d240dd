//! `SetCookies`: cookies to be kept, and cookies to be forgotten.

use cookie::{Cookie, SameSite};
use http::HeaderValue;
use http::header::SET_COOKIE;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::error::{Error, Result};
use crate::response::Response;

/// What a value may not hold as it is: RFC 6265 §4.1.1 `cookie-octet`, and the sign of the encoding.
const VALUE: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'%').add(b',').add(b';').add(b'\\');

/// The most bytes that name and value have together.
const LARGEST: usize = 4096;

/// Cookies for the client, several at once.
///
/// A cookie for which nothing else is said is `HttpOnly`, `SameSite=Lax` and for the whole site
/// (`Path=/`). One whose name begins with `__Host-` or `__Secure-`, and one with `SameSite=None`, is
/// `Secure` as well, because browsers drop it otherwise (RFC 6265bis §5.7); and so is every cookie of
/// an answer that goes out over TLS, by this server or by a trusted proxy in front of it
/// ([`Connection::is_secure`](crate::Connection::is_secure)), unless it says
/// `.secure(false)`. Values are percent-encoded where they must be, and [`Cookies`](crate::Cookies)
/// decodes them.
///
/// ```
/// use purlin_core::{Cookie, SetCookies};
///
/// async fn choose() -> (SetCookies, &'static str) {
///     let cookies = SetCookies::new().add(Cookie::new("theme", "dark")).remove("draft");
///     (cookies, "chosen")
/// }
/// ```
///
/// A cookie ends with the browser's session, unless it says otherwise. Times are those of the crate
/// `time`, which is in [`cookie`]:
///
/// ```
/// use purlin_core::cookie::time::Duration;
/// use purlin_core::{Cookie, SameSite};
///
/// let kept = Cookie::build(("theme", "dark")).max_age(Duration::days(30)).same_site(SameSite::Strict);
/// assert_eq!(kept.build().to_string(), "theme=dark; SameSite=Strict; Max-Age=2592000");
/// ```
///
/// # Errors
///
/// The answer is 500 where a cookie says what browsers would drop it for: a name that is no token, a
/// `__Host-` cookie with a `Domain` or with another path than `/`, `Secure` taken away from one that
/// needs it, or more than 4,096 bytes of name and encoded value.
#[derive(Clone, Debug, Default)]
pub struct SetCookies {
    list: Vec<Cookie<'static>>,
}

impl SetCookies {
    /// No cookies yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a cookie.
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "cookies are added, not summed")]
    pub fn add(mut self, mut cookie: Cookie<'static>) -> Self {
        if cookie.http_only().is_none() {
            cookie.set_http_only(true);
        }
        if cookie.same_site().is_none() {
            cookie.set_same_site(SameSite::Lax);
        }
        if cookie.path().is_none() {
            cookie.set_path("/");
        }
        if cookie.secure().is_none() && needs_secure(&cookie) {
            cookie.set_secure(true);
        }
        self.list.push(cookie);
        self
    }

    /// Makes the client forget a cookie of the whole site.
    #[must_use]
    pub fn remove(self, name: impl Into<String>) -> Self {
        let mut cookie = Cookie::new(name.into(), "");
        cookie.make_removal();
        self.add(cookie)
    }

    pub(super) fn write(self, response: &mut Response, is_secure: bool) -> Result {
        for mut cookie in self.list {
            let value = utf8_percent_encode(cookie.value(), VALUE).to_string();
            cookie.set_value(value);
            if is_secure && cookie.secure().is_none() {
                cookie.set_secure(true);
            }
            if let Some(wrong) = contradiction(&cookie) {
                let text = format!("the cookie `{}` {wrong}", cookie.name());
                return Err(Error::internal(text));
            }
            let value = HeaderValue::try_from(cookie.to_string())?;
            response.headers_mut().append(SET_COOKIE, value);
        }
        Ok(())
    }
}

/// Whether a name has one of the prefixes of RFC 6265bis §4.1.3, which browsers compare in any case.
#[doc(hidden)]
pub fn has_prefix(cookie: &Cookie<'_>, prefix: &str) -> bool {
    let start = cookie.name().get(..prefix.len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

fn needs_secure(cookie: &Cookie<'_>) -> bool {
    has_prefix(cookie, "__Host-")
        || has_prefix(cookie, "__Secure-")
        || cookie.same_site() == Some(SameSite::None)
        || cookie.partitioned() == Some(true)
}

/// Why browsers would drop this cookie, or take it for another; its value is encoded already.
fn contradiction(cookie: &Cookie<'_>) -> Option<&'static str> {
    if !is_token(cookie.name()) {
        return Some("has a name that is no token (RFC 9110 §5.6.2)");
    }
    let mut attributes = cookie.path().into_iter().chain(cookie.domain());
    if attributes.any(|text| !text.bytes().all(is_in_attribute)) {
        return Some("has a path or domain with a `;` or with what is not visible ASCII");
    }
    if needs_secure(cookie) && cookie.secure() != Some(true) {
        return Some("needs `Secure` for its prefix, or for `SameSite=None` or `Partitioned`");
    }
    if has_prefix(cookie, "__Host-") && cookie.domain().is_some() {
        return Some("may have no `Domain`: `__Host-` stands for one host");
    }
    if has_prefix(cookie, "__Host-") && cookie.path() != Some("/") {
        return Some("must have `Path=/`: `__Host-` stands for the whole host");
    }
    if cookie.name().len() + cookie.value().len() > LARGEST {
        return Some("is larger than the 4,096 bytes that browsers keep (RFC 6265bis §5.7)");
    }
    None
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
