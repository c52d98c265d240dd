//! Addresses in what proxies say.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// An address with or without a port, which is 0 then; IPv6 in brackets, or bare without a port
/// (RFC 7239 §6, and what proxies write into `X-Forwarded-For`).
pub(super) fn node(text: &str) -> Option<SocketAddr> {
    if let Some(rest) = text.strip_prefix('[') {
        let (address, rest) = rest.split_once(']')?;
        let address: Ipv6Addr = address.parse().ok()?;
        let port = match rest {
            "" => 0,
            _ => port(rest.strip_prefix(':')?)?,
        };
        return Some(SocketAddr::new(IpAddr::V6(address).to_canonical(), port));
    }
    if let Ok(address) = text.parse::<IpAddr>() {
        return Some(SocketAddr::new(address.to_canonical(), 0));
    }
    let (address, rest) = text.split_once(':')?;
    Some(SocketAddr::new(IpAddr::V4(address.parse().ok()?), port(rest)?))
}

/// A number, or a name that hides it.
fn port(text: &str) -> Option<u16> {
    if text.len() > 1 && text.starts_with('_') {
        return Some(0);
    }
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_number)
}
