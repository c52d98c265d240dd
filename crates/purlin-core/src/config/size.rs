//! Sizes: numbers of bytes, written with their unit.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::{Serialize, Serializer};

/// A number of bytes: `1MiB`, `500 kB`, or just `1048576`.
///
/// Units are those of the standard: `kB`, `MB`, `GB`, `TB` count in thousands, `KiB`, `MiB`, `GiB`,
/// `TiB` in 1024s. A bare `M` is refused, since nobody knows which it means.
///
/// ```
/// use purlin_core::config::Size;
///
/// assert_eq!("16 KiB".parse(), Ok(Size::kib(16)));
/// assert_eq!(Size::mib(1).to_string(), "1MiB");
/// assert_eq!(Size::mib(1).in_bytes(), 1_048_576);
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Size(u64);

const MESSAGE: &str = "must be a size like 1MiB, 500kB or 1048576";

/// The units, those tried first for writing at the front.
const UNITS: [(&str, u64); 9] = [
    ("TiB", 1 << 40),
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("TB", 1_000_000_000_000),
    ("GB", 1_000_000_000),
    ("MB", 1_000_000),
    ("kB", 1_000),
    ("B", 1),
];

impl Size {
    /// That many bytes.
    pub const fn bytes(number: u64) -> Self {
        Self(number)
    }

    /// That many times 1024 bytes.
    pub const fn kib(number: u64) -> Self {
        Self(number.saturating_mul(1 << 10))
    }

    /// That many times 1024² bytes.
    pub const fn mib(number: u64) -> Self {
        Self(number.saturating_mul(1 << 20))
    }

    /// That many times 1024³ bytes.
    pub const fn gib(number: u64) -> Self {
        Self(number.saturating_mul(1 << 30))
    }

    /// The number of bytes.
    pub const fn in_bytes(self) -> u64 {
        self.0
    }
}

impl From<u64> for Size {
    fn from(bytes: u64) -> Self {
        Self(bytes)
    }
}

impl From<Size> for u64 {
    fn from(size: Size) -> Self {
        size.0
    }
}

/// Writes the largest unit without a fraction, so that the text means exactly this size.
impl fmt::Display for Size {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fits = |&&(_, size): &&(&str, u64)| self.0 >= size && self.0.is_multiple_of(size);
        let (unit, size) = UNITS.iter().find(fits).copied().unwrap_or(("B", 1));
        formatter.pad(&format!("{}{unit}", self.0 / size))
    }
}

impl FromStr for Size {
    type Err = SizeError;

    fn from_str(text: &str) -> Result<Self, SizeError> {
        let end = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
        let (digits, unit) = text.split_at(end);
        let unit = unit.strip_prefix(' ').unwrap_or(unit);
        let size = match unit {
            "" if end == text.len() => Some(1),
            unit => {
                UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit)).map(|unit| unit.1)
            }
        };
        let bytes = digits.parse::<u64>().ok().zip(size);
        let bytes = bytes.and_then(|(number, size)| number.checked_mul(size));
        bytes.map(Self).ok_or(SizeError(()))
    }
}

/// Text that is no size.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SizeError(());

impl fmt::Display for SizeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(MESSAGE)
    }
}

impl std::error::Error for SizeError {}

impl Serialize for Size {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(BytesOrText)
    }
}

struct BytesOrText;

impl Visitor<'_> for BytesOrText {
    type Value = Size;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a size like 1MiB")
    }

    fn visit_u64<E: Error>(self, bytes: u64) -> Result<Size, E> {
        Ok(Size(bytes))
    }

    fn visit_i64<E: Error>(self, bytes: i64) -> Result<Size, E> {
        bytes.try_into().map(Size).map_err(|_| E::custom(MESSAGE))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Size, E> {
        text.parse().map_err(E::custom)
    }
}

impl JsonSchema for Size {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Size".into()
    }

    fn schema_id() -> Cow<'static, str> {
        "purlin::Size".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["integer", "string"],
            "minimum": 0,
            "pattern": "^[0-9]+( ?([kKmMgGtT][iI]?)?[bB])?$",
            "examples": ["1MiB"],
            "x-message": MESSAGE,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn units_count_in_thousands_or_in_1024s() {
        let bytes = |text: &str| text.parse().map(Size::in_bytes).ok();
        assert_eq!(bytes("1MiB"), Some(1_048_576));
        assert_eq!(bytes("16 KiB"), Some(16_384));
        assert_eq!(bytes("10kB"), Some(10_000));
        assert_eq!(bytes("7"), Some(7));
        assert_eq!(bytes("7B"), Some(7));
        for text in ["", "MiB", "1M", "1 ", "-1", "1.5MiB", "1  MiB", "99999999TiB"] {
            assert_eq!(bytes(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_and_text_are_read() {
        let read = |value| serde_json::from_value::<Size>(value).map_err(|error| error.to_string());
        assert_eq!(read(json!(5)), Ok(Size::bytes(5)));
        assert_eq!(read(json!("5 kB")), Ok(Size::bytes(5_000)));
        assert_eq!(read(json!(-5)), Err(MESSAGE.to_owned()));
        assert_eq!(read(json!("5 M")), Err(MESSAGE.to_owned()));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(bytes: u64, shift in 0..64_u32) {
            let size = Size::bytes(bytes >> shift << (shift / 2));
            prop_assert_eq!(size.to_string().parse(), Ok(size));
        }

        #[test]
        fn the_schema_agrees_with_the_parser(text in "[0-9]{0,3} ?[kKmMgGtTiIbB]{0,3}") {
            let schema = schemars::schema_for!(Size).to_value();
            let faults = crate::schema::check(&schema, &schema, &json!(text));
            prop_assert_eq!(faults.is_empty(), text.parse::<Size>().is_ok(), "{}", text);
        }
    }
}
