//! `Urls`: addresses of routes, written out for a body.

use std::sync::Arc;

use super::Extract;
use crate::error::{Error, Result};
use crate::hosts;
use crate::pattern::decode;
use crate::report::Reported;
use crate::request::Request;
use crate::site::{RouteFacts, Site};
use crate::url::Url;

/// Writes addresses out where no response does it: inside JSON, in a mail.
///
/// ```
/// use purlin_core::{Result, Url, Urls};
///
/// async fn links(urls: Urls) -> Result<String> {
///     urls.to(&Url::from("/books"))
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Urls {
    facts: Arc<RouteFacts>,
    parameters: Vec<(String, String)>,
    authority: Option<String>,
    is_secure: bool,
    /// Whether the host may be written into what others read.
    is_vouched: bool,
}

impl Urls {
    /// The path of an address: the prefix under which the route is mounted included. A route of
    /// another host is `//host/path`, with the port of the current request.
    ///
    /// # Errors
    ///
    /// When the application does not mount the route, or a prefix has a parameter that neither the
    /// address nor the current request knows.
    pub fn to(&self, url: &Url) -> Result<String> {
        self.facts.resolve_with(url, self.authority.as_deref(), &self.parameters)
    }

    /// The whole address, for readers who are not on this site: in a mail, or where another site
    /// shall send somebody back to.
    ///
    /// ```
    /// use purlin_core::{Result, Url, Urls};
    ///
    /// async fn invitation(urls: Urls) -> Result<String> {
    ///     let link = urls.absolute(&Url::from("/join"))?; // https://shop.example.com/join
    ///     Ok(format!("Come and see us: {link}"))
    /// }
    /// ```
    ///
    /// Scheme, host and port are those of the current request: as its client has sent them, or as a
    /// trusted proxy says them (`server.trusted_proxies`). An address that is whole already, such as
    /// one of [`Url::external`], stays as it is.
    ///
    /// # Security
    ///
    /// Whoever sends a request can name any host in it. Asking for a new password in the name of
    /// somebody else, he would have a link to his own site mailed to that person. So in production, a
    /// host is written out only where `server.allowed_hosts` is set, and others are refused
    /// before any route. The port is the client's in any case.
    ///
    /// # Errors
    ///
    /// As [`to`](Self::to); when the address is text that does not begin with `/`; in production,
    /// when `server.allowed_hosts` is not set. And 400 `invalid_host` when the request names no
    /// host, as one of HTTP/1.0 need not.
    pub fn absolute(&self, url: &Url) -> Result<String> {
        let address = self.to(url)?;
        if has_scheme(&address) {
            return Ok(address);
        }
        if !address.starts_with('/') {
            let text = format!("the address `{address}` is wanted as a whole one, and is no path");
            return Err(Error::internal(text).with_help("begin it with `/`"));
        }
        if !self.is_vouched {
            return Err(unknown_host(&address));
        }
        let scheme = if self.is_secure { "https" } else { "http" };
        if address.starts_with("//") {
            return Ok(format!("{scheme}:{address}"));
        }
        let authority = self.authority.as_deref().filter(|authority| !authority.is_empty());
        let authority = authority.ok_or_else(|| {
            let detail = "the request names no host, which its answer has to repeat";
            Error::bad_request("invalid_host", detail)
        })?;
        Ok(format!("{scheme}://{authority}{address}"))
    }
}

/// RFC 3986 §3.1
fn has_scheme(address: &str) -> bool {
    let is_letter = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.');
    let scheme = address.split_once(':').map(|(scheme, _)| scheme.as_bytes());
    scheme.is_some_and(|scheme| {
        scheme.first().is_some_and(u8::is_ascii_alphabetic) && scheme.iter().copied().all(is_letter)
    })
}

fn unknown_host(address: &str) -> Error {
    let text = format!(
        "the whole address of `{address}` is wanted, and its host would be whatever the client says"
    );
    Error::internal(text).with_help("set `server.allowed_hosts` to the hosts of the site")
}

impl Extract for Urls {
    type Prepared = Arc<RouteFacts>;

    fn prepare(site: &mut Site<'_>) -> Result<Self::Prepared, Reported> {
        Ok(site.facts())
    }

    async fn extract(facts: &Self::Prepared, request: &mut Request) -> Result<Self> {
        let parameters = facts.parameters.iter().enumerate();
        let parameters = parameters.map(|(index, name)| {
            let text = decode(request.capture(index).unwrap_or_default())?;
            Ok((name.clone(), text.into_owned()))
        });
        let connection = request.connection();
        Ok(Self {
            facts: Arc::clone(facts),
            parameters: parameters.collect::<Result<_>>()?,
            authority: hosts::authority(request).map(str::to_owned),
            is_secure: connection.is_secure(),
            is_vouched: connection.knows_hosts() || !facts.is_strict(),
        })
    }
}
