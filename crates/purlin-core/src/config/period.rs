//! Periods: durations, written with their unit.

use std::borrow::Cow;
use std::fmt::{self, Write as _};
use std::str::FromStr;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::{Serialize, Serializer};

/// A length of time: `30s`, `10m`, `1h30m`, `250ms`.
///
/// Units are `d`, `h`, `m`, `s`, `ms`, `us` and `ns`. A bare number is refused: whether `timeout =
/// 30` means seconds or milliseconds has been guessed wrong too often.
///
/// ```
/// use std::time::Duration;
/// use purlin_core::config::Period;
///
/// assert_eq!("1h30m".parse(), Ok(Period::minutes(90)));
/// assert_eq!(Period::minutes(90).to_string(), "1h30m");
/// assert_eq!(Duration::from(Period::seconds(30)), Duration::from_secs(30));
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Period(Duration);

const MESSAGE: &str = "must be a duration with its unit, like 30s, 10m or 1h30m";

const UNITS: [(&str, Duration); 7] = [
    ("d", Duration::from_hours(24)),
    ("h", Duration::from_hours(1)),
    ("m", Duration::from_mins(1)),
    ("s", Duration::from_secs(1)),
    ("ms", Duration::from_millis(1)),
    ("us", Duration::from_micros(1)),
    ("ns", Duration::from_nanos(1)),
];

impl Period {
    /// That many milliseconds.
    pub const fn milliseconds(number: u64) -> Self {
        Self(Duration::from_millis(number))
    }

    /// That many seconds.
    pub const fn seconds(number: u64) -> Self {
        Self(Duration::from_secs(number))
    }

    /// That many minutes.
    pub const fn minutes(number: u64) -> Self {
        Self::seconds(number.saturating_mul(60))
    }

    /// That many hours.
    pub const fn hours(number: u64) -> Self {
        Self::seconds(number.saturating_mul(3_600))
    }

    /// That many days of 24 hours.
    pub const fn days(number: u64) -> Self {
        Self::seconds(number.saturating_mul(86_400))
    }

    /// The same as the standard library has it.
    pub const fn duration(self) -> Duration {
        self.0
    }
}

impl From<Duration> for Period {
    fn from(duration: Duration) -> Self {
        Self(duration)
    }
}

impl From<Period> for Duration {
    fn from(period: Period) -> Self {
        period.0
    }
}

/// Writes every unit that is not zero, so that the text means exactly this period.
impl fmt::Display for Period {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0.as_nanos();
        let mut text = String::new();
        for (unit, size) in UNITS {
            let number = rest / size.as_nanos();
            rest %= size.as_nanos();
            if number > 0 {
                write!(text, "{number}{unit}")?;
            }
        }
        formatter.pad(if text.is_empty() { "0s" } else { &text })
    }
}

impl FromStr for Period {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        let mut rest = text;
        let mut total = Duration::ZERO;
        loop {
            let (part, after) = first_part(rest).ok_or(PeriodError(()))?;
            total = total.checked_add(part).ok_or(PeriodError(()))?;
            if after.is_empty() {
                return Ok(Self(total));
            }
            rest = after.strip_prefix(' ').unwrap_or(after);
        }
    }
}

/// The number and unit at the beginning, and what follows.
fn first_part(text: &str) -> Option<(Duration, &str)> {
    let end = text.find(|letter: char| !letter.is_ascii_digit())?;
    let (digits, rest) = text.split_at(end);
    let rest = rest.strip_prefix(' ').unwrap_or(rest);
    let end = rest.find(|letter: char| !letter.is_ascii_lowercase()).unwrap_or(rest.len());
    let (unit, rest) = rest.split_at(end);
    let (_, size) = UNITS.iter().find(|(name, _)| *name == unit)?;
    Some((times(*size, digits.parse().ok()?)?, rest))
}

fn times(size: Duration, number: u64) -> Option<Duration> {
    let nanos = size.as_nanos().checked_mul(number.into())?;
    let seconds = u64::try_from(nanos / 1_000_000_000).ok()?;
    let nanos = u32::try_from(nanos % 1_000_000_000).ok()?;
    Some(Duration::new(seconds, nanos))
}

/// Text that is no period.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PeriodError(());

impl fmt::Display for PeriodError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(MESSAGE)
    }
}

impl std::error::Error for PeriodError {}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Text)
    }
}

struct Text;

impl Visitor<'_> for Text {
    type Value = Period;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a duration with its unit, like 30s")
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Period, E> {
        Err(E::custom(MESSAGE))
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Period, E> {
        Err(E::custom(MESSAGE))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Period, E> {
        text.parse().map_err(E::custom)
    }
}

impl JsonSchema for Period {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Period".into()
    }

    fn schema_id() -> Cow<'static, str> {
        "purlin::Period".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^[0-9]+ ?(d|h|m|s|ms|us|ns)( ?[0-9]+ ?(d|h|m|s|ms|us|ns))*$",
            "examples": ["30s"],
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
    fn parts_add_up() {
        let read = |text: &str| text.parse().map(Period::duration).ok();
        assert_eq!(read("30s"), Some(Duration::from_secs(30)));
        assert_eq!(read("1h30m"), Some(Duration::from_mins(90)));
        assert_eq!(read("1 d 2 h"), Some(Duration::from_hours(26)));
        assert_eq!(read("250ms"), Some(Duration::from_millis(250)));
        assert_eq!(read("0s"), Some(Duration::ZERO));
        for text in ["", "30", "s", "1.5s", "-1s", "1x", "1s2", "1S", " 1s", "999999999999999999d"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_bare_number_is_asked_for_its_unit() {
        let error = serde_json::from_value::<Period>(json!(30)).unwrap_err();
        assert_eq!(error.to_string(), MESSAGE);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(seconds: u64, nanos in 0..1_000_000_000_u32) {
            let period = Period(Duration::new(seconds, nanos));
            prop_assert_eq!(period.to_string().parse(), Ok(period));
        }

        #[test]
        fn the_schema_agrees_with_the_parser(text in "([0-9]{0,2} ?[dhmsun]{0,2} ?){0,3}") {
            let schema = schemars::schema_for!(Period).to_value();
            let faults = crate::schema::check(&schema, &schema, &json!(text));
            prop_assert_eq!(faults.is_empty(), text.parse::<Period>().is_ok(), "{}", text);
        }
    }
}
