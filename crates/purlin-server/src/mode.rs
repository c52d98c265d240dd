//! Who may use a socket that is a file.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

const MESSAGE: &str = "must be permissions in three octal digits and in quotes, like \"660\"";

/// Who may use a socket that is a file, as `chmod` has it: `"660"` for its owner and its group.
///
/// ```
/// use purlin_server::SocketMode;
///
/// assert_eq!("600".parse(), Ok(SocketMode::new(0o600)));
/// assert_eq!(SocketMode::default().to_string(), "660");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct SocketMode(u16);

impl SocketMode {
    /// Permissions as bits; those above the lowest nine are passed over.
    pub const fn new(bits: u16) -> Self {
        Self(bits & 0o777)
    }

    /// The permissions as bits.
    pub const fn bits(self) -> u16 {
        self.0
    }
}

impl Default for SocketMode {
    fn default() -> Self {
        Self(0o660)
    }
}

impl fmt::Display for SocketMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:03o}", self.0)
    }
}

impl FromStr for SocketMode {
    type Err = SocketModeError;

    fn from_str(text: &str) -> Result<Self, SocketModeError> {
        let digits = text.strip_prefix('0').filter(|rest| rest.len() == 3).unwrap_or(text);
        let is_octal = digits.len() == 3 && digits.bytes().all(|byte| matches!(byte, b'0'..=b'7'));
        let bits = u16::from_str_radix(digits, 8).ok().filter(|_| is_octal);
        bits.map(Self).ok_or(SocketModeError(()))
    }
}

/// Text that is no permissions.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SocketModeError(());

impl fmt::Display for SocketModeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MESSAGE)
    }
}

impl std::error::Error for SocketModeError {}

impl Serialize for SocketMode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SocketMode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for SocketMode {
    fn schema_name() -> Cow<'static, str> {
        "SocketMode".into()
    }

    fn schema_id() -> Cow<'static, str> {
        "purlin::server::SocketMode".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^0?[0-7]{3}$",
            "examples": ["660"],
            "x-message": MESSAGE,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mode_is_octal() {
        assert_eq!("0640".parse(), Ok(SocketMode(0o640)));
        assert_eq!(SocketMode(0o007).to_string(), "007");
        for text in ["", "66", "680", "1777", "+60", "00660"] {
            assert!(text.parse::<SocketMode>().is_err(), "{text}");
        }
    }
}
