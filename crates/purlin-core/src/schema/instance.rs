//! The value that was sent, read far enough to explain it.
//!
//! A value of many small parts takes many times its text in memory and time, so that reading ends
//! after [`MOST_VALUES`] of them; the rest is only looked through, for it may still not be JSON.
//! Nothing is then said about what may stand in that rest: a member that is missing in an
//! *unfinished* object may follow.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// How many values are read of one that was refused.
const MOST_VALUES: usize = 20_000;

/// A value, and the place up to which it was read.
pub(super) struct Instance<'v> {
    pub(super) value: Cow<'v, Value>,
    /// From the root to the innermost object or list that is unfinished; so are those around it.
    pub(super) end: Option<Vec<Step>>,
}

/// One step of the way to the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Name(String),
    Index(usize),
}

impl<'v> Instance<'v> {
    /// A value that is there already.
    pub(super) fn whole(value: &'v Value) -> Self {
        Self { value: Cow::Borrowed(value), end: None }
    }

    pub(super) fn read(bytes: &[u8]) -> serde_json::Result<Self> {
        Self::read_up_to(bytes, MOST_VALUES)
    }

    fn read_up_to(bytes: &[u8], most: usize) -> serde_json::Result<Self> {
        let mut left = Left { values: most, end: None };
        let mut json = serde_json::Deserializer::from_slice(bytes);
        let value = Part(&mut left).deserialize(&mut json)?;
        json.end()?;
        let end = left.end.map(|end| end.into_iter().rev().collect());
        Ok(Self { value: Cow::Owned(value), end })
    }

    /// Whether the object or list at the pointer may have more in it than was read.
    pub(super) fn is_unfinished(&self, pointer: &str) -> bool {
        let mut tokens = super::pointer::tokens(pointer);
        self.end.as_ref().is_some_and(|end| {
            end.iter().all(|step| tokens.next().is_none_or(|token| step.is(&token)))
                && tokens.next().is_none()
        })
    }
}

impl Step {
    fn is(&self, token: &str) -> bool {
        match self {
            Self::Name(name) => name == token,
            Self::Index(index) => token.parse() == Ok(*index),
        }
    }
}

/// How much may still be read; `end` is written from the inside out, while reading returns.
struct Left {
    values: usize,
    end: Option<Vec<Step>>,
}

/// Reads one value.
struct Part<'l>(&'l mut Left);

impl Part<'_> {
    /// Reads a value inside of this one; when it is the one in which reading ended, the way to it
    /// leads through `step`.
    fn within(&mut self, step: impl FnOnce() -> Step, read: impl FnOnce(Part<'_>)) {
        let ended_before = self.0.end.is_some();
        read(Part(self.0));
        if let (false, Some(end)) = (ended_before, &mut self.0.end) {
            end.push(step());
        }
    }
}

impl<'de> DeserializeSeed<'de> for Part<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Value, D::Error> {
        self.0.values = self.0.values.saturating_sub(1);
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Part<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while self.0.values > 0 {
            let mut next = Ok(None);
            self.within(|| Step::Index(items.len()), |part| next = list.next_element_seed(part));
            let Some(item) = next? else { return Ok(Value::Array(items)) };
            items.push(item);
        }
        while list.next_element::<IgnoredAny>()?.is_some() {
            self.0.end.get_or_insert_default();
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut object: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while self.0.values > 0 {
            let Some(name) = object.next_key::<String>()? else {
                return Ok(Value::Object(members));
            };
            let mut value = Ok(Value::Null);
            self.within(|| Step::Name(name.clone()), |part| value = object.next_value_seed(part));
            members.insert(name, value?);
        }
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {
            self.0.end.get_or_insert_default();
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(text: &str, most: usize, value: &Value, unfinished: &[&str]) {
        let read = Instance::read_up_to(text.as_bytes(), most).unwrap();
        assert_eq!(*read.value, *value, "{text}");
        for pointer in ["", "/a", "/a/0", "/a/1", "/a/1/b", "/c"] {
            let expected = unfinished.contains(&pointer);
            assert_eq!(read.is_unfinished(pointer), expected, "`{pointer}` of {text}");
        }
    }

    #[test]
    fn what_is_read_is_what_serde_json_reads() {
        let text =
            r#"{"a": [1, -1, 1.5, 1e300, 18446744073709551616, "x\n", null, true], "a": {}}"#;
        let expected: Value = serde_json::from_str(text).unwrap();
        check(text, 100, &expected, &[]);
        for text in ["", "[1", "[1] 2", "{\"a\": 1,}", "[[[1]]}"] {
            let told = |error: serde_json::Error| error.to_string();
            let expected = serde_json::from_str::<Value>(text).map_err(told);
            for most in [1, 100] {
                let read = Instance::read_up_to(text.as_bytes(), most);
                assert_eq!(read.map(|read| read.value.into_owned()).map_err(told), expected);
            }
        }
    }

    #[test]
    fn reading_ends_after_so_many_values() {
        let text = r#"{"a": [1, {"b": [2, 3]}, 4], "c": 5}"#;
        let whole: Value = serde_json::from_str(text).unwrap();
        check(text, 9, &whole, &[]);
        check(text, 8, &json!({"a": [1, {"b": [2, 3]}, 4]}), &[""]);
        check(text, 7, &json!({"a": [1, {"b": [2, 3]}]}), &["", "/a"]);
        check(text, 6, &json!({"a": [1, {"b": [2]}]}), &["", "/a", "/a/1", "/a/1/b"]);
        check(text, 3, &json!({"a": [1]}), &["", "/a"]);
        check(text, 1, &json!({}), &[""]);
    }

    #[test]
    fn a_large_body_is_read_in_part() {
        let text = format!("[{}0]", "{\"a\":0},".repeat(100_000));
        let read = Instance::read(text.as_bytes()).unwrap();
        assert_eq!(read.value.as_array().map(Vec::len), Some(MOST_VALUES / 2));
    }
}
