//! `SetCookies`: cookies to be kept, and cookies to be forgotten.

use cookie::{Cookie, SameSite};
use http::HeaderValue;
use http::header::SET_COOKIE;

use crate::error::Result;
use crate::response::Response;

/// Cookies for the client, several at once.
///
/// A cookie for which nothing else is said is `HttpOnly`, `SameSite=Lax` and for the whole site
/// (`Path=/`).
///
/// ```
/// use purlin_core::{Cookie, SetCookies};
///
/// async fn choose() -> (SetCookies, &'static str) {
///     let cookies = SetCookies::new().add(Cookie::new("theme", "dark")).remove("draft");
///     (cookies, "chosen")
/// }
/// ```
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

    pub(super) fn write(self, response: &mut Response) -> Result {
        for cookie in self.list {
            let value = HeaderValue::try_from(cookie.encoded().to_string())?;
            response.headers_mut().append(SET_COOKIE, value);
        }
        Ok(())
    }
}
