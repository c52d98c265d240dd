//! The PROXY protocol, versions 1 and 2: what a load balancer says about a client before its bytes.
//!
//! It is a header in front of the first request, with the addresses of the client's own connection.
//! It is read where [`ServerConfig::proxy_protocol`](crate::ServerConfig::proxy_protocol) demands
//! it, and nothing else is taken then, so that nobody can choose an address by leaving it out, nor
//! by sending it to a server that does not expect it.
//!
//! [`parse`] is the protocol as a pure function. It follows the specification of its authors,
//! <https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt>, and is stricter where that leaves
//! room: numbers have no leading zeros, spaces are single, datagrams are refused.
//!
//! ```
//! use purlin_server::proxy::parse;
//!
//! let bytes = b"PROXY TCP4 203.0.113.7 10.0.0.1 4711 80\r\nGET / HTTP/1.1\r\n";
//! let header = parse(bytes).unwrap().unwrap();
//! assert_eq!(header.client.unwrap().to_string(), "203.0.113.7:4711");
//! assert!(bytes[header.length..].starts_with(b"GET"));
//! ```
//!
//! # Limits
//!
//! A header of version 1 has at most 107 bytes, and one of version 2 at most 4,096, what it carries
//! beside addresses included. That is passed over, its checksum, too.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The most bytes of a header of version 1, its end included.
pub const MOST_V1: usize = 107;
/// The most bytes of a header of version 2.
pub const MOST_V2: usize = 4096;

const V1: &[u8] = b"PROXY ";
const V2: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";
/// The bytes of a header of version 2 before its addresses.
const FIXED: usize = 16;

/// A header of the PROXY protocol.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Header {
    /// How many bytes it has; what follows is the client's.
    pub length: usize,
    /// The client; nothing where the proxy speaks for itself, as in a check of health, or does not
    /// know an address.
    pub client: Option<SocketAddr>,
    /// Where the client has connected to; known where the client is.
    pub server: Option<SocketAddr>,
}

/// Why bytes are no header of the PROXY protocol.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ProxyError(&'static str);

impl fmt::Display for ProxyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for ProxyError {}

type Addresses = Option<(SocketAddr, SocketAddr)>;

/// Reads a header at the beginning of what has come; nothing while more has to come.
///
/// # Errors
///
/// As soon as the bytes cannot become a header, whatever follows.
pub fn parse(bytes: &[u8]) -> Result<Option<Header>, ProxyError> {
    if begins(bytes, V1) {
        return parse_v1(bytes);
    }
    if begins(bytes, V2) {
        return parse_v2(bytes);
    }
    Err(ProxyError("no PROXY header stands in front"))
}

/// Whether the bytes begin with these, as far as they have come.
fn begins(bytes: &[u8], with: &[u8]) -> bool {
    let length = bytes.len().min(with.len());
    bytes[..length] == with[..length]
}

fn parse_v1(bytes: &[u8]) -> Result<Option<Header>, ProxyError> {
    let within = &bytes[..bytes.len().min(MOST_V1)];
    let Some(end) = within.iter().position(|byte| *byte == b'\n') else {
        let is_over = within.len() == MOST_V1;
        return if is_over { Err(ProxyError("a line of version 1 is too long")) } else { Ok(None) };
    };
    let line = std::str::from_utf8(&within[..end]).ok().and_then(|line| line.strip_suffix('\r'));
    let line = line.filter(|line| !line.contains('\r'));
    let line =
        line.ok_or(ProxyError("a line of version 1 ends with a carriage return and a line feed"))?;
    let addresses = addresses_v1(&line[V1.len()..]);
    let addresses = addresses.ok_or(ProxyError("a line of version 1 has no two addresses"))?;
    Ok(Some(Header::new(end + 1, addresses)))
}

/// `TCP4 203.0.113.7 10.0.0.1 4711 80`, or `UNKNOWN` and whatever.
fn addresses_v1(text: &str) -> Option<Addresses> {
    if text == "UNKNOWN" || text.starts_with("UNKNOWN ") {
        return Some(None);
    }
    let mut parts = text.split(' ');
    let mut next = || parts.next();
    let (family, client, server) = (next()?, next()?, next()?);
    let ports = (port(next()?)?, port(next()?)?);
    if next().is_some() {
        return None;
    }
    let address = |text: &str| match family {
        "TCP4" => text.parse().ok().map(IpAddr::V4),
        "TCP6" => text.parse().ok().map(IpAddr::V6),
        _ => None,
    };
    Some(pair((address(client)?, address(server)?), ports))
}

fn port(text: &str) -> Option<u16> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_number && (text == "0" || !text.starts_with('0')))
}

fn parse_v2(bytes: &[u8]) -> Result<Option<Header>, ProxyError> {
    if let Some(command) = bytes.get(12)
        && !matches!(command, 0x20 | 0x21)
    {
        return Err(ProxyError("the version is not 2, or the command unknown"));
    }
    // The proxy speaks for itself: then the family is not looked at, and neither are addresses.
    let is_local = bytes.get(12) == Some(&0x20);
    if let Some(family) = bytes.get(13)
        && !is_local
        && !matches!(family, 0x00 | 0x11 | 0x21 | 0x31)
    {
        return Err(ProxyError("the family is unknown, or not of a stream"));
    }
    let Some(fixed) = bytes.first_chunk::<FIXED>() else { return Ok(None) };
    let length = FIXED + usize::from(u16::from_be_bytes([fixed[14], fixed[15]]));
    if length > MOST_V2 {
        return Err(ProxyError("a header of version 2 is too long"));
    }
    let family = fixed[13];
    let least = match family {
        _ if is_local => 0,
        0x11 => 12,
        0x21 => 36,
        // Two paths of 108 bytes.
        0x31 => 216,
        _ => 0,
    };
    if length < FIXED + least {
        return Err(ProxyError("a header of version 2 is too short for its addresses"));
    }
    let Some(rest) = bytes.get(FIXED..length) else { return Ok(None) };
    let addresses = match family {
        _ if is_local => None,
        0x11 => addresses_v2::<4>(rest, |bytes| Ipv4Addr::from(bytes).into()),
        0x21 => addresses_v2::<16>(rest, |bytes| Ipv6Addr::from(bytes).into()),
        _ => None,
    };
    Ok(Some(Header::new(length, addresses)))
}

/// Client, server, port of the client, port of the server.
fn addresses_v2<const N: usize>(bytes: &[u8], address: fn([u8; N]) -> IpAddr) -> Addresses {
    let (client, rest) = bytes.split_first_chunk::<N>()?;
    let (server, rest) = rest.split_first_chunk::<N>()?;
    let (from, rest) = rest.split_first_chunk()?;
    let to = rest.first_chunk()?;
    let ports = (u16::from_be_bytes(*from), u16::from_be_bytes(*to));
    pair((address(*client), address(*server)), ports)
}

#[expect(clippy::unnecessary_wraps, reason = "it is what all who call it return")]
fn pair((client, server): (IpAddr, IpAddr), (from, to): (u16, u16)) -> Addresses {
    let address = |ip: IpAddr, port| SocketAddr::new(ip.to_canonical(), port);
    Some((address(client, from), address(server, to)))
}

impl Header {
    fn new(length: usize, addresses: Addresses) -> Self {
        let (client, server) = addresses.unzip();
        Self { length, client, server }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(bytes: &[u8]) -> Result<Option<String>, ProxyError> {
        let header = parse(bytes)?;
        Ok(header.map(|header| format!("{} {:?}", header.length, header.client)))
    }

    /// Every beginning of a header wants more, and whatever follows changes nothing.
    fn check(header: &[u8], expected: &str) {
        for length in 0..header.len() {
            assert_eq!(client(&header[..length]), Ok(None), "{length} of {header:?}");
        }
        let expected = Ok(Some(format!("{} {expected}", header.len())));
        assert_eq!(client(header), expected, "{header:?}");
        assert_eq!(client(&[header, b"GET"].concat()), expected, "{header:?}");
    }

    fn v2(command: u8, family: u8, rest: &[u8]) -> Vec<u8> {
        let length = u16::try_from(rest.len()).unwrap().to_be_bytes();
        [V2, &[command, family], &length, rest].concat()
    }

    #[test]
    fn addresses_are_read() {
        check(b"PROXY TCP4 1.2.3.4 5.6.7.8 9 65535\r\n", "Some(1.2.3.4:9)");
        check(b"PROXY TCP6 2001:db8::1 ::1 0 443\r\n", "Some([2001:db8::1]:0)");
        check(b"PROXY TCP6 ::ffff:1.2.3.4 ::1 7 443\r\n", "Some(1.2.3.4:7)");
        check(b"PROXY UNKNOWN\r\n", "None");
        check(b"PROXY UNKNOWN ffff:: any thing 1\r\n", "None");
        let four = [1, 2, 3, 4, 5, 6, 7, 8, 0, 9, 0, 80];
        check(&v2(0x21, 0x11, &four), "Some(1.2.3.4:9)");
        let more = [&four[..], &[4, 0, 2, 0, 0]].concat();
        check(&v2(0x21, 0x11, &more), "Some(1.2.3.4:9)");
        let mut six = [0; 36];
        (six[15], six[31], six[33]) = (1, 2, 7);
        check(&v2(0x21, 0x21, &six), "Some([::1]:7)");
        check(&v2(0x21, 0x31, &[b'/'; 216]), "None");
        check(&v2(0x21, 0x00, &[]), "None");
        check(&v2(0x20, 0x11, &four), "None");
        check(&v2(0x20, 0x00, &[]), "None");
        check(&v2(0x20, 0x12, &four), "None");
        check(&v2(0x20, 0xff, &[]), "None");
    }

    #[test]
    fn the_longest_headers_are_read() {
        let line = [b"PROXY UNKNOWN ".as_slice(), &[b'x'; 91], b"\r\n"].concat();
        assert_eq!(line.len(), MOST_V1);
        check(&line, "None");
        let line = [b"PROXY UNKNOWN ".as_slice(), &[b'x'; 92], b"\r\n"].concat();
        assert!(parse(&line).is_err());
        assert!(parse(&line[..MOST_V1 - 1]).unwrap().is_none());
        assert!(parse(&v2(0x21, 0x00, &[0; MOST_V2 - FIXED])).unwrap().is_some());
        assert!(parse(&v2(0x21, 0x00, &[0; MOST_V2 - FIXED + 1])[..FIXED]).is_err());
    }

    #[test]
    fn whatever_else_is_refused() {
        for text in [
            "GET / HTTP/1.1\r\n",
            "proxy TCP4 1.2.3.4 5.6.7.8 9 9\r\n",
            "PROXY\r\n",
            "PROXY \r\n",
            "PROXY TCP4 1.2.3.4 5.6.7.8 9 9\n",
            "PROXY UNKNOWN\rX\r\n",
            "PROXY UNKNOWNX\r\n",
            "PROXY UDP4 1.2.3.4 5.6.7.8 9 9\r\n",
            "PROXY TCP4 1.2.3.4 5.6.7.8 9\r\n",
            "PROXY TCP4 1.2.3.4 5.6.7.8 9 9 9\r\n",
            "PROXY TCP4  1.2.3.4 5.6.7.8 9 9\r\n",
            "PROXY TCP4 1.2.3.4 5.6.7.8 9 9 \r\n",
            "PROXY TCP4 1.2.3.4 5.6.7.8 09 9\r\n",
            "PROXY TCP4 1.2.3.4 5.6.7.8 +9 9\r\n",
            "PROXY TCP4 1.2.3.4 5.6.7.8 9 65536\r\n",
            "PROXY TCP4 1.2.3.4 ::1 9 9\r\n",
            "PROXY TCP6 1.2.3.4 ::1 9 9\r\n",
            "PROXY TCP4 01.2.3.4 5.6.7.8 9 9\r\n",
        ] {
            assert!(parse(text.as_bytes()).is_err(), "{text:?}");
        }
        for (command, family, length) in [
            (0x11, 0x11, 12),
            (0x22, 0x11, 12),
            (0x21, 0x12, 12),
            (0x21, 0x41, 12),
            (0x21, 0x11, 11),
        ] {
            assert!(parse(&v2(command, family, &vec![0; length])).is_err(), "{command} {family}");
        }
        assert!(parse(&v2(0x21, 0x21, &[0; 35])).is_err());
        assert!(parse(b"\r\n\r\n\0\r\nQUIT\r").is_err());
    }
}
