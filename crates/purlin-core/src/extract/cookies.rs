//! `Cookies`: what the client sent back.

use cookie::Cookie;
use http::header::COOKIE;

use super::Extract;
use crate::error::Result;
use crate::report::Reported;
use crate::request::Request;
use crate::site::Site;

/// The cookies of a request (RFC 6265 §5.4). Quotes around a value are taken off.
///
/// To set cookies, answer with [`SetCookies`](crate::SetCookies).
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

    /// Reads the cookies of a request. What is no cookie is passed over, as browsers do.
    pub fn of(request: &Request) -> Self {
        let headers = request.headers().get_all(COOKIE).iter();
        let texts = headers.filter_map(|value| value.to_str().ok());
        let cookies = texts.flat_map(|text| text.split(';')).filter_map(|part| {
            let cookie = Cookie::parse_encoded(part.trim().to_owned()).ok()?;
            Some((cookie.name().to_owned(), cookie.value_trimmed().to_owned()))
        });
        Self { list: cookies.collect() }
    }
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
