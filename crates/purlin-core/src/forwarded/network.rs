//! Networks of addresses, as they are written.

use std::borrow::Cow;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::connection::Connection;

const MESSAGE: &str =
    "must be an address, a network or `unix`, like 127.0.0.1, 10.0.0.0/8 or fd00::/8";

/// Addresses that begin in the same way: `10.0.0.0/8`, `fd00::/8`, a single `127.0.0.1`; or `unix`,
/// which is whoever comes through a Unix socket.
///
/// ```
/// use purlin_core::forwarded::Network;
///
/// let network: Network = "10.0.0.0/8".parse().unwrap();
/// assert!(network.contains("10.1.2.3".parse().unwrap()));
/// assert!(!network.contains("11.1.2.3".parse().unwrap()));
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Network(Members);

#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
enum Members {
    V4(Ipv4Addr, u8),
    V6(Ipv6Addr, u8),
    UnixSockets,
}

impl Network {
    /// Whether an address is one of them. An IPv4 address that is written as one of IPv6 is one of
    /// IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.0, address.to_canonical()) {
            (Members::V4(network, length), IpAddr::V4(address)) => {
                let differs = network.to_bits() ^ address.to_bits();
                differs.leading_zeros() >= length.into()
            }
            (Members::V6(network, length), IpAddr::V6(address)) => {
                let differs = network.to_bits() ^ address.to_bits();
                differs.leading_zeros() >= length.into()
            }
            _ => false,
        }
    }

    /// Whether the other end of a connection is one of them.
    pub fn reaches(&self, connection: &Connection) -> bool {
        match connection.peer() {
            Some(peer) => self.contains(peer.ip()),
            None => self.0 == Members::UnixSockets && connection.is_unix_socket(),
        }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Members::V4(address, 32) => write!(f, "{address}"),
            Members::V4(address, length) => write!(f, "{address}/{length}"),
            Members::V6(address, 128) => write!(f, "{address}"),
            Members::V6(address, length) => write!(f, "{address}/{length}"),
            Members::UnixSockets => f.write_str("unix"),
        }
    }
}

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, NetworkError> {
        if text == "unix" {
            return Ok(Self(Members::UnixSockets));
        }
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length)),
            None => (text, None),
        };
        let address = address.parse().map_err(|_| NetworkError(()))?;
        let length_up_to = |most: u8| match length {
            None => Some(most),
            // `+8` and `08` are numbers for Rust, and mistakes for everybody else.
            Some(text) if text.starts_with(['+', '0']) && text != "0" => None,
            Some(text) => text.parse().ok().filter(|length| *length <= most),
        };
        let members = match address {
            IpAddr::V4(address) => length_up_to(32).map(|length| Members::V4(address, length)),
            // No address is looked for among those of IPv4 that are written as ones of IPv6.
            IpAddr::V6(address) => length_up_to(128).map(|length| match address.to_ipv4_mapped() {
                Some(address) if length >= 96 => Members::V4(address, length - 96),
                _ => Members::V6(address, length),
            }),
        };
        members.map(Self).ok_or(NetworkError(()))
    }
}

/// Text that is no network.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NetworkError(());

impl fmt::Display for NetworkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MESSAGE)
    }
}

impl std::error::Error for NetworkError {}

impl Serialize for Network {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Network {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for Network {
    fn schema_name() -> Cow<'static, str> {
        "Network".into()
    }

    fn schema_id() -> Cow<'static, str> {
        "purlin::Network".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^(unix|[0-9A-Fa-f:.]+(/[0-9]{1,3})?)$",
            "examples": ["10.0.0.0/8"],
            "x-message": MESSAGE,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(network: &str, inside: &[&str], outside: &[&str]) {
        let read: Network = network.parse().unwrap();
        assert_eq!(read.to_string(), network);
        for (addresses, expected) in [(inside, true), (outside, false)] {
            for address in addresses {
                assert_eq!(
                    read.contains(address.parse().unwrap()),
                    expected,
                    "{network} {address}"
                );
            }
        }
    }

    #[test]
    fn a_network_is_what_begins_in_the_same_way() {
        check("10.0.0.0/8", &["10.255.0.1", "::ffff:10.0.0.1"], &["11.0.0.0", "::10.0.0.1"]);
        check("192.168.1.128/25", &["192.168.1.128", "192.168.1.255"], &["192.168.1.127"]);
        check("127.0.0.1", &["127.0.0.1"], &["127.0.0.2", "::1"]);
        check("0.0.0.0/0", &["1.2.3.4", "255.255.255.255"], &["::1"]);
        check("::/0", &["::1", "2001:db8::1"], &["1.2.3.4"]);
        check("fd00::/8", &["fdff::1"], &["fe00::1"]);
        check("::1", &["::1"], &["::2", "127.0.0.1"]);
        let mapped: Network = "::ffff:10.0.0.0/104".parse().unwrap();
        assert_eq!(mapped.to_string(), "10.0.0.0/8");
    }

    #[test]
    fn a_unix_socket_is_no_address() {
        let unix: Network = "unix".parse().unwrap();
        assert!(unix.reaches(&Connection::over_unix_socket()));
        assert!(!unix.reaches(&Connection::new(Some(([127, 0, 0, 1], 1).into()))));
        assert!(!unix.reaches(&Connection::in_process()));
        assert!(!unix.contains(IpAddr::from([0, 0, 0, 0])));
        let all: Network = "0.0.0.0/0".parse().unwrap();
        assert!(!all.reaches(&Connection::over_unix_socket()));
    }

    #[test]
    fn text_that_is_no_network_is_refused() {
        for text in
            ["", "10.0.0.0/33", "::/129", "10.0.0/8", "10.0.0.0/", "10.0.0.0/+8", "a/8", "*"]
        {
            assert!(text.parse::<Network>().is_err(), "{text}");
        }
        assert!("10.0.0.0/08".parse::<Network>().is_err());
    }
}
