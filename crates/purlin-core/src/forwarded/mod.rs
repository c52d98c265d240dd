//! What proxies say about the clients they stand in front of: `Forwarded` (RFC 7239) and
//! `X-Forwarded-For`, `-Proto` and `-Host`.
//!
//! Anybody can write these fields. A [`Forwarding`] believes them where the other end of the
//! connection is a proxy that the configuration trusts, and in them only what such a proxy has
//! added: it walks from the last address to the first, and the first one that is not trusted is the
//! client. It believes one of the two spellings, and never both: a proxy that writes the one hands
//! the other on as the client has sent it.
//!
//! ```
//! use http::HeaderMap;
//! use purlin_core::Connection;
//! use purlin_core::forwarded::{ForwardedHeader, Forwarding};
//!
//! let trusted = ["10.0.0.0/8".parse().unwrap()];
//! let forwarding = Forwarding::new(trusted, ForwardedHeader::XForwarded).unwrap();
//! let mut headers = HeaderMap::new();
//! // The client has sent the first, the proxy at 10.0.0.2 the second, the one at 10.0.0.1 the third.
//! headers.insert("x-forwarded-for", "1.1.1.1, 203.0.113.7, 10.0.0.2".parse().unwrap());
//! let connection = Connection::new(Some(([10, 0, 0, 1], 4711).into()));
//! let client = forwarding.apply(&mut headers, &connection).unwrap();
//! assert_eq!(client.to_string(), "203.0.113.7");
//! ```
//!
//! # Invariants
//!
//! - What somebody who is not trusted says changes nothing.
//! - A field that is malformed says nothing from the place on where it is reached. What a client has
//!   written never hides what its proxy has added behind it.

mod elements;
mod network;
mod node;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};

use http::header::{FORWARDED, HOST, HeaderName};
use http::{HeaderMap, HeaderValue};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::elements::from_the_end;
pub use self::network::{Network, NetworkError};
use self::node::node;
use crate::connection::Connection;

static FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
static PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
static X_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// Which fields of a trusted proxy are believed.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ForwardedHeader {
    /// `Forwarded`, of RFC 7239.
    Forwarded,
    /// None.
    Off,
    /// `X-Forwarded-For` and `X-Forwarded-Proto`.
    #[default]
    XForwarded,
    /// Those two, and `X-Forwarded-Host`: only behind a proxy that sets it, or removes what the
    /// client has sent. Most hand it on, and who writes it then chooses the host of links.
    XForwardedHost,
}

/// Knows whom to believe, and what.
#[derive(Debug)]
pub struct Forwarding {
    trusted: Box<[Network]>,
    header: ForwardedHeader,
    /// Whether the log knows already that a trusted proxy writes what cannot be read.
    is_told: AtomicBool,
}

/// What is known of a client, from the last proxy to the first.
#[derive(Debug, Default)]
struct Said {
    address: Option<SocketAddr>,
    is_secure: Option<bool>,
    host: Option<HeaderValue>,
    is_malformed: bool,
}

impl Forwarding {
    /// Believes these proxies; nothing where nobody is believed.
    pub fn new(
        trusted: impl IntoIterator<Item = Network>,
        header: ForwardedHeader,
    ) -> Option<Self> {
        let trusted: Box<[Network]> = trusted.into_iter().collect();
        let is_on = header != ForwardedHeader::Off && !trusted.is_empty();
        is_on.then(|| Self { trusted, header, is_told: AtomicBool::new(false) })
    }

    /// The connection as the client's, where a trusted proxy says whose it is. The host that the
    /// client has asked for takes the place of `Host`, of which there has to be one.
    pub fn apply(&self, headers: &mut HeaderMap, connection: &Connection) -> Option<Connection> {
        if !self.trusted.iter().any(|network| network.reaches(connection)) {
            return None;
        }
        let said = match self.header {
            ForwardedHeader::Forwarded => self.read_forwarded(headers),
            _ => self.read_x_forwarded(headers),
        };
        if said.is_malformed && !self.is_told.swap(true, Ordering::Relaxed) {
            let header = match self.header {
                ForwardedHeader::Forwarded => "Forwarded",
                _ => "X-Forwarded-…",
            };
            tracing::warn!(
                target: "purlin::server",
                header,
                proxy = %connection,
                "a trusted proxy sends a header that cannot be read; it is passed over, and so are others"
            );
        }
        // A request with no host, or with several, is refused (RFC 9112 §3.2), and stays one.
        if let Some(host) = said.host
            && headers.get_all(HOST).iter().count() == 1
        {
            headers.insert(HOST, host);
        }
        let is_new = said.address.is_some() || said.is_secure.is_some();
        is_new.then(|| connection.forwarded(said.address, said.is_secure))
    }

    fn trusts(&self, address: SocketAddr) -> bool {
        self.trusted.iter().any(|network| network.contains(address.ip()))
    }

    /// The last element tells of the client of the nearest proxy, and so on.
    fn read_forwarded(&self, headers: &HeaderMap) -> Said {
        let mut said = Said::default();
        for line in headers.get_all(FORWARDED).iter().rev() {
            for element in from_the_end(line.as_bytes()) {
                let Some(element) = element else {
                    said.is_malformed = true;
                    return said;
                };
                said.is_secure = element.proto.as_deref().map(is_https).or(said.is_secure);
                said.host = element.host.as_deref().and_then(host).or(said.host);
                // `unknown`, `_hidden` or nothing: who it is, is not for us to know.
                let Some(address) = element.node.as_deref().and_then(node) else { return said };
                said.address = Some(address);
                if !self.trusts(address) {
                    return said;
                }
            }
        }
        said
    }

    fn read_x_forwarded(&self, headers: &HeaderMap) -> Said {
        let mut said = Said::default();
        let mut hops = 0;
        for (hop, text) in from_the_last(headers, &FOR).enumerate() {
            hops = hop;
            let Some(address) = text.and_then(node) else {
                said.is_malformed = text != Some("unknown");
                break;
            };
            said.address = Some(address);
            if !self.trusts(address) {
                break;
            }
        }
        // A proxy adds one to each, or replaces them; then there is one.
        let of_hop = |name| from_the_last(headers, name).take(hops + 1).last();
        if let Some(text) = of_hop(&PROTO) {
            said.is_secure = text.and_then(scheme);
            said.is_malformed |= said.is_secure.is_none();
        }
        if self.header == ForwardedHeader::XForwardedHost
            && let Some(text) = of_hop(&X_HOST)
        {
            said.host = text.and_then(host);
            said.is_malformed |= said.host.is_none();
        }
        said
    }
}

/// The items of a list, from its end; nothing for one that is no text.
fn from_the_last<'a>(
    headers: &'a HeaderMap,
    name: &HeaderName,
) -> impl Iterator<Item = Option<&'a str>> {
    let lines = headers.get_all(name).iter().rev();
    lines.flat_map(|line| {
        // What the client has sent may be no text; what its proxy has added still is.
        let items = line.as_bytes().rsplit(|byte| *byte == b',');
        items.map(|item| std::str::from_utf8(item.trim_ascii()).ok())
    })
}

fn is_https(scheme: &str) -> bool {
    scheme.eq_ignore_ascii_case("https")
}

fn scheme(text: &str) -> Option<bool> {
    (is_https(text) || text.eq_ignore_ascii_case("http")).then(|| is_https(text))
}

/// Whether it is one is for the admission of requests to say, as of every `Host`.
fn host(text: &str) -> Option<HeaderValue> {
    HeaderValue::from_str(text).ok().filter(|_| !text.is_empty())
}
