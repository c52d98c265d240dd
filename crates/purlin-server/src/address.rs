//! What is listened on, as it is written.

use std::borrow::Cow;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

const MESSAGE: &str = "must be a host and a port, like 127.0.0.1:3000 or [::1]:3000, or a path, like unix:/run/app.sock";

/// What a server listens on: `127.0.0.1:3000`, `[::1]:3000`, `localhost:0`, or `unix:/run/app.sock`.
///
/// ```
/// use purlin_server::Address;
///
/// let address: Address = "[::1]:3000".parse().unwrap();
/// assert_eq!(address, Address::Tcp { host: "::1".to_owned(), port: 3000 });
/// assert_eq!("unix:/run/app.sock".parse(), Ok(Address::Unix("/run/app.sock".into())));
/// assert!("3000".parse::<Address>().is_err());
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Address {
    /// A port of this machine.
    Tcp {
        /// An address or a name, without brackets.
        host: String,
        /// The port; 0 lets the system choose a free one.
        port: u16,
    },
    /// A file, through which programs of this machine talk to each other.
    Unix(PathBuf),
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp { host, port } if host.contains(':') => write!(f, "[{host}]:{port}"),
            Self::Tcp { host, port } => write!(f, "{host}:{port}"),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        if let Some(path) = text.strip_prefix("unix:") {
            let is_path = !path.is_empty() && !path.contains('\0');
            return is_path.then(|| Self::Unix(path.into())).ok_or(AddressError(()));
        }
        let (host, port) = text.rsplit_once(':').ok_or(AddressError(()))?;
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let is_host = match bare {
            Some(address) => address.contains(':'),
            // Without brackets, where the port begins is a matter of opinion.
            None => !host.is_empty() && !host.contains([':', '[', ']', '/']),
        };
        let is_port = port.bytes().all(|byte| byte.is_ascii_digit());
        let port = port.parse().ok().filter(|_| is_host && is_port).ok_or(AddressError(()))?;
        Ok(Self::Tcp { host: bare.unwrap_or(host).to_owned(), port })
    }
}

/// Text that is nothing to listen on.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AddressError(());

impl fmt::Display for AddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MESSAGE)
    }
}

impl std::error::Error for AddressError {}

impl Serialize for Address {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for Address {
    fn schema_name() -> Cow<'static, str> {
        "ServerAddress".into()
    }

    fn schema_id() -> Cow<'static, str> {
        "purlin::server::Address".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^(unix:.+|[^:\\[\\]/]+:[0-9]{1,5}|\\[[0-9A-Fa-f:.%]+\\]:[0-9]{1,5})$",
            "examples": ["127.0.0.1:3000"],
            "x-message": MESSAGE,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_comes_back() {
        for text in ["127.0.0.1:3000", "[::1]:0", "localhost:65535", "unix:/a b/c", "unix:c.sock"] {
            let address: Address = text.parse().unwrap();
            assert_eq!(address.to_string(), text);
        }
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_refused() {
        let texts = ["", "3000", ":3000", "::1:3000", "[::1]", "h:", "h:65536", "h:+1", "unix:"];
        for text in texts.into_iter().chain(["[h]:1", "[h:1", "h]:1", "unix:a\0b", "http://h:1"]) {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
    }
}
