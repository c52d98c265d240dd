//! Reads typed values from text: path parameters, query strings, forms and header fields.
//!
//! A `serde` deserializer over names and texts. A number is a number when its text is one, and
//! nothing else is: no trimming, no `yes` for `true`. A name that repeats is a list.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{self, DeserializeSeed, EnumAccess, IntoDeserializer, VariantAccess, Visitor};
use serde::{Deserializer, forward_to_deserialize_any};

use crate::schema::FILE;

/// A name and its text.
pub(super) type Pair<'a> = (Cow<'a, str>, Cow<'a, str>);

/// Names and texts, in the order in which they came.
pub(super) type Pairs<'a> = Vec<Pair<'a>>;

/// Why a text is not the value it should be.
#[derive(Debug)]
pub(super) struct TextError(String);

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for TextError {}

impl de::Error for TextError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

/// One text, a file, or what a name that repeats has.
#[derive(Clone, Debug)]
pub(super) enum Value<'a> {
    One(Cow<'a, str>),
    /// The place of a file in the list of those that were sent.
    File(usize),
    Many(Vec<Self>),
}

impl<'a> Value<'a> {
    fn add(&mut self, value: Self) {
        if let Self::Many(values) = self {
            values.push(value);
            return;
        }
        let first = std::mem::replace(self, Self::Many(Vec::new()));
        *self = Self::Many(vec![first, value]);
    }

    fn single(self) -> Result<Cow<'a, str>, TextError> {
        match self {
            Self::One(text) => Ok(text),
            Self::File(_) => Err(TextError("must be text".to_owned())),
            Self::Many(_) => Err(TextError("was given more than once".to_owned())),
        }
    }

    fn parse<T: std::str::FromStr>(self, what: &str) -> Result<T, TextError> {
        let Self::One(text) = self else { return Err(self.refusal(what)) };
        // `+1` parses as a number in Rust, and is none in JSON.
        match text.parse() {
            Ok(value) if !text.starts_with('+') => Ok(value),
            _ => Err(Self::One(text).refusal(what)),
        }
    }

    #[cold]
    fn refusal(self, what: &str) -> TextError {
        self.single().err().unwrap_or_else(|| TextError(format!("must be {what}")))
    }
}

/// Reads a struct or a map from names and texts.
pub(super) fn from_pairs<'a, T: de::Deserialize<'a>>(
    pairs: &'a [(Cow<'_, str>, Cow<'_, str>)],
) -> Result<T, TextError> {
    from_values(pairs.iter().map(|(name, text)| (&**name, one(text))))
}

/// As [`from_pairs`], for a form that has files, too.
pub(super) fn from_values<'a, T: de::Deserialize<'a>>(
    values: impl Iterator<Item = (&'a str, Value<'a>)>,
) -> Result<T, TextError> {
    T::deserialize(MapDeserializer::new(grouped(values).into_iter()))
}

/// Up to so many names are compared one by one; that is quicker than an index.
const FEW: usize = 16;

/// The values of each name, in the order in which the names came first.
fn grouped<'a>(values: impl Iterator<Item = (&'a str, Value<'a>)>) -> Vec<(&'a str, Value<'a>)> {
    let are_few = values.size_hint().0 <= FEW;
    let mut grouped: Vec<(&str, Value<'_>)> = Vec::new();
    let mut index: HashMap<&str, usize> = HashMap::new();
    for (name, value) in values {
        let position = if are_few {
            grouped.iter().position(|(known, _)| *known == name)
        } else {
            index.get(name).copied()
        };
        if let Some((_, known)) = position.and_then(|position| grouped.get_mut(position)) {
            known.add(value);
            continue;
        }
        if !are_few {
            index.insert(name, grouped.len());
        }
        grouped.push((name, value));
    }
    grouped
}

/// Reads one value from its text.
pub(super) fn from_text<'a, T: de::Deserialize<'a>>(text: Cow<'a, str>) -> Result<T, TextError> {
    T::deserialize(Value::One(text))
}

/// Reads the parameters of a path: a struct by name, a tuple by order, a single value.
pub(super) fn from_parameters<'a, T: de::Deserialize<'a>>(
    pairs: &'a [Pair<'_>],
) -> Result<T, TextError> {
    T::deserialize(Parameters(pairs))
}

impl<'de> IntoDeserializer<'de, TextError> for Value<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

macro_rules! numbers {
    ($($method:ident $visit:ident $type:ty, $what:literal;)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
            visitor.$visit(self.parse::<$type>($what)?)
        })*
    };
}

impl<'de> Deserializer<'de> for Value<'de> {
    type Error = TextError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        match self {
            Self::One(Cow::Borrowed(text)) => visitor.visit_borrowed_str(text),
            Self::One(Cow::Owned(text)) => visitor.visit_string(text),
            Self::File(index) => {
                visitor.visit_map(MapDeserializer::new(std::iter::once((FILE, index))))
            }
            Self::Many(values) => visitor.visit_seq(SeqDeserializer::new(values.into_iter())),
        }
    }

    numbers! {
        deserialize_i8 visit_i8 i8, "a whole number";
        deserialize_i16 visit_i16 i16, "a whole number";
        deserialize_i32 visit_i32 i32, "a whole number";
        deserialize_i64 visit_i64 i64, "a whole number";
        deserialize_i128 visit_i128 i128, "a whole number";
        deserialize_u8 visit_u8 u8, "a whole number";
        deserialize_u16 visit_u16 u16, "a whole number";
        deserialize_u32 visit_u32 u32, "a whole number";
        deserialize_u64 visit_u64 u64, "a whole number";
        deserialize_u128 visit_u128 u128, "a whole number";
        deserialize_char visit_char char, "one character";
        deserialize_bool visit_bool bool, "`true` or `false`";
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        visitor
            .visit_f32(self.parse::<f32>("a number").and_then(|n| finite(f64::from(n)).map(|_| n))?)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        visitor.visit_f64(self.parse::<f64>("a number").and_then(finite)?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, TextError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        let values = match self {
            Self::Many(values) => values,
            one => vec![one],
        };
        visitor.visit_seq(SeqDeserializer::new(values.into_iter()))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, TextError> {
        visitor.visit_enum(Unit(self.single()?))
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        visitor.visit_unit()
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        str string bytes byte_buf unit_struct tuple tuple_struct map struct identifier
    }
}

/// JSON has no infinities, and neither have we.
fn finite(number: f64) -> Result<f64, TextError> {
    if number.is_finite() { Ok(number) } else { Err(TextError("must be a number".to_owned())) }
}

/// An enum whose variants are plain words.
struct Unit<'a>(Cow<'a, str>);

impl<'de> EnumAccess<'de> for Unit<'de> {
    type Error = TextError;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), TextError> {
        let variant = seed.deserialize(Value::One(self.0))?;
        Ok((variant, Self(Cow::Borrowed(""))))
    }
}

impl<'de> VariantAccess<'de> for Unit<'de> {
    type Error = TextError;

    fn unit_variant(self) -> Result<(), TextError> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, _: T) -> Result<T::Value, TextError> {
        Err(TextError("must be a plain word".to_owned()))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, TextError> {
        Err(TextError("must be a plain word".to_owned()))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, TextError> {
        Err(TextError("must be a plain word".to_owned()))
    }
}

/// All parameters of a path.
struct Parameters<'a>(&'a [Pair<'a>]);

fn one(text: &str) -> Value<'_> {
    Value::One(Cow::Borrowed(text))
}

impl<'de> Parameters<'de> {
    fn only(self) -> Result<Value<'de>, TextError> {
        match self.0 {
            [(_, text)] => Ok(one(text)),
            all => {
                let count = all.len();
                Err(TextError(format!("one parameter is wanted, the path has {count}")))
            }
        }
    }

    fn seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        visitor.visit_seq(SeqDeserializer::new(self.0.iter().map(|(_, text)| one(text))))
    }

    fn map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        let pairs = self.0.iter().map(|(name, text)| (&**name, one(text)));
        visitor.visit_map(MapDeserializer::new(pairs))
    }
}

macro_rules! only {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
            self.only()?.$method(visitor)
        })*
    };
}

impl<'de> Deserializer<'de> for Parameters<'de> {
    type Error = TextError;

    only! {
        deserialize_any deserialize_bool deserialize_char deserialize_str deserialize_string
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
        deserialize_f32 deserialize_f64 deserialize_bytes deserialize_byte_buf deserialize_option
        deserialize_identifier
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, TextError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        self.seq(visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _len: usize,
        visitor: V,
    ) -> Result<V::Value, TextError> {
        self.seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _len: usize,
        visitor: V,
    ) -> Result<V::Value, TextError> {
        self.seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        self.map(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, TextError> {
        self.map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, TextError> {
        self.only()?.deserialize_enum(name, variants, visitor)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, TextError> {
        visitor.visit_unit()
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        visitor.visit_unit()
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Search {
        q: String,
        #[serde(default)]
        t: Vec<u32>,
        sort: Option<Sort>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "lowercase")]
    enum Sort {
        Title,
    }

    fn pairs<'a>(list: &[(&'a str, &'a str)]) -> Pairs<'a> {
        list.iter().map(|(name, text)| ((*name).into(), (*text).into())).collect()
    }

    #[test]
    fn names_that_repeat_are_lists() {
        let read: Search =
            from_pairs(&pairs(&[("t", "1"), ("q", "a b&"), ("t", "2"), ("sort", "title")]))
                .unwrap();
        assert_eq!(read, Search { q: "a b&".into(), t: vec![1, 2], sort: Some(Sort::Title) });
    }

    #[test]
    fn many_names_are_grouped_as_few_are() {
        let told = |list: &[(&str, &str)]| -> Vec<String> {
            let pairs = pairs(list);
            let values = pairs.iter();
            let values = values.map(|(name, text)| (&**name, Value::One(text.clone())));
            let grouped = grouped(values).into_iter();
            grouped.map(|(name, value)| format!("{name} {value:?}")).collect()
        };
        let mut list = vec![("t", "1"), ("q", "a"), ("t", "2"), ("t", "3")];
        let expected = [r#"t Many([One("1"), One("2"), One("3")])"#, r#"q One("a")"#];
        assert_eq!(told(&list), expected);
        let names: Vec<String> = (0..FEW).map(|number| number.to_string()).collect();
        list.extend(names.iter().map(|name| (name.as_str(), "")));
        let many = told(&list);
        assert_eq!(many[..2], expected);
        assert_eq!(many.len(), 2 + names.len());
    }

    #[test]
    fn nothing_is_coerced() {
        for text in ["banana", "1.0", " 1", "+1", ""] {
            assert!(from_text::<u32>(text.into()).is_err(), "{text:?}");
        }
        assert!(from_text::<bool>("yes".into()).is_err());
        assert!(from_text::<f64>("inf".into()).is_err());
        assert!(from_pairs::<Search>(&pairs(&[("q", "a"), ("q", "b")])).is_err());
    }

    #[test]
    fn path_parameters_are_read_by_order_or_by_name() {
        let all = || pairs(&[("id", "7"), ("q", "x")]);
        assert_eq!(from_parameters::<(u8, String)>(&all()).unwrap(), (7, "x".into()));
        assert_eq!(from_parameters::<Search>(&all()).unwrap().q, "x");
        assert!(from_parameters::<u8>(&all()).is_err());
        assert_eq!(from_parameters::<u8>(&pairs(&[("id", "7")])).unwrap(), 7);
    }
}
