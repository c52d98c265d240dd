//! `SetCookies`: cookies to be kept, and cookies to be forgotten.

use http::header::SET_COOKIE;

use super::cookie::Cookie;
use crate::error::Result;
use crate::response::Response;

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
/// # Errors
///
/// The answer is 500 where a cookie says what browsers would drop it for: a name that is no token, a
/// `__Host-` cookie with a `Domain` or with another path than `/`, `Secure` taken away from one that
/// needs it, or more than 4,096 bytes of name and encoded value.
#[derive(Clone, Debug, Default)]
pub struct SetCookies {
    list: Vec<Cookie>,
}

impl SetCookies {
    /// No cookies yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a cookie.
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "cookies are added, not summed")]
    pub fn add(mut self, cookie: Cookie) -> Self {
        self.list.push(cookie);
        self
    }

    /// Makes the client forget a cookie of the whole site.
    #[must_use]
    pub fn remove(self, name: impl Into<String>) -> Self {
        self.add(Cookie::removal(name.into()))
    }

    pub(super) fn write(self, response: &mut Response, is_secure: bool) -> Result {
        for cookie in self.list {
            response.headers_mut().append(SET_COOKIE, cookie.write(is_secure)?);
        }
        Ok(())
    }
}
