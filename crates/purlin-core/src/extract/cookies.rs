//! `Cookies`: what the client sent back.

use http::header::COOKIE;
use percent_encoding::percent_decode_str;

use super::Extract;
use crate::error::Result;
use crate::report::Reported;
use crate::request::Request;
use crate::site::Site;

/// The cookies of a request (RFC 6265 §5.4).
///
/// A value is percent-decoded, and quotes around it are taken off. A name is what was sent: a
/// browser sees to it that nobody but the site itself sets `__Host-sid`, and knows no other spelling
/// of that. To set cookies, answer with [`SetCookies`](crate::SetCookies).
///
/// ```
/// use purlin_core::Cookies;
///
/// async fn theme(cookies: Cookies) -> String {
///     cookies.get("theme").unwrap_or("light").to_owned()
/// }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Cookies {
    list: Vec<(String, String)>,
}

impl Cookies {
    /// The value of a cookie; of several with one name the first, which is the most specific.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.list.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// All cookies, in the order in which they were sent.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.list.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Reads the cookies of a request. What is no cookie, such as bytes that are not UTF-8, is
    /// passed over, and costs none of those beside it.
    pub fn of(request: &Request) -> Self {
        let fields = request.headers().get_all(COOKIE).iter();
        let parts = fields.flat_map(|field| field.as_bytes().split(|byte| *byte == b';'));
        Self { list: parts.filter_map(parse).collect() }
    }
}

/// One cookie of the list: `name=value`, where only the first `=` is a border.
fn parse(part: &[u8]) -> Option<(String, String)> {
    let (name, value) = std::str::from_utf8(part).ok()?.split_once('=')?;
    let (name, value) = (name.trim_ascii(), value.trim_ascii());
    let unquoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
    let value = percent_decode_str(unquoted.unwrap_or(value)).decode_utf8().ok()?;
    (!name.is_empty()).then(|| (name.to_owned(), value.into_owned()))
}

impl Extract for Cookies {
    type Prepared = ();

    fn prepare(_site: &mut Site<'_>) -> Result<(), Reported> {
        Ok(())
    }

    async fn extract((): &(), request: &mut Request) -> Result<Self> {
        Ok(Self::of(request))
    }
}
