//! Reads JSON in which whole numbers may be written with a fraction or an exponent.
//!
//! `1.0` and `1` are one number in JSON (draft 2020-12, core §4.2.1), and two in serde. The same
//! text is read the same way in either case, by a deserializer that stands in front of `serde_json`
//! and changes nothing but the numbers: a body that was turned into a value first would lose its
//! repeated members, and with them what serde says about them.

use std::fmt;

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};

/// Beyond it a float does not say which whole number it is.
const TWO_TO_53: f64 = 9_007_199_254_740_992.0;

/// The whole number that a float is, if it says so.
#[expect(clippy::cast_possible_truncation, reason = "2^53 fits")]
pub(super) fn exact(number: f64) -> Option<i64> {
    (number.fract() == 0.0 && number.abs() <= TWO_TO_53).then_some(number as i64)
}

/// Reads a body as the framework does; nothing, if it is no `T`.
pub(crate) fn from_slice<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    serde_json::from_slice(bytes).map_or_else(|error| again(bytes, &error), Some)
}

/// The cold path: a second try where serde was given a fraction, and wanted none.
#[cold]
fn again<T: DeserializeOwned>(bytes: &[u8], error: &serde_json::Error) -> Option<T> {
    let told = error.to_string();
    let is_fraction = told.starts_with("invalid type: floating point");
    // An enum without a tag does not say which variant it was, nor why.
    let is_anything = told.starts_with("data did not match any variant");
    if !(is_fraction || is_anything) || !bytes.windows(2).any(may_be_in_a_fraction) {
        return None;
    }
    let read = if is_fraction { with(bytes, false).ok() } else { None };
    // A flattened struct and an enum without a tag take what comes, and look at it later.
    read.or_else(|| with(bytes, true).ok())
}

/// `-0` is a float to `serde_json`, too.
fn may_be_in_a_fraction(pair: &[u8]) -> bool {
    matches!(pair, [b'0'..=b'9', b'.' | b'e' | b'E'] | b"-0")
}

fn with<T: DeserializeOwned>(bytes: &[u8], everywhere: bool) -> serde_json::Result<T> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let read = T::deserialize(Whole { inner: &mut json, everywhere })?;
    json.end()?;
    Ok(read)
}

/// Something of serde's with whole numbers: a deserializer, the way into a list or an object, what
/// waits for a value.
pub(super) struct Whole<I> {
    pub(super) inner: I,
    /// Whether numbers also become whole where nobody says that a whole one is wanted.
    pub(super) everywhere: bool,
}

impl<I> Whole<I> {
    fn around<J>(&self, inner: J) -> Whole<J> {
        Whole { inner, everywhere: self.everywhere }
    }
}

macro_rules! deserialize {
    ($($method:ident($($argument:ident: $type:ty),*) $whole:expr;)*) => {
        $(fn $method<V: Visitor<'de>>(
            self,
            $($argument: $type,)*
            visitor: V,
        ) -> Result<V::Value, D::Error> {
            let wants_whole: fn(bool) -> bool = $whole;
            let visitor =
                Taker { visitor, whole: wants_whole(self.everywhere), everywhere: self.everywhere };
            self.inner.$method($($argument,)* visitor)
        })*
    };
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Whole<D> {
    type Error = D::Error;

    deserialize! {
        deserialize_any() |everywhere| everywhere;
        deserialize_bool() |_| false;
        deserialize_i8() |_| true;
        deserialize_i16() |_| true;
        deserialize_i32() |_| true;
        deserialize_i64() |_| true;
        deserialize_i128() |_| true;
        deserialize_u8() |_| true;
        deserialize_u16() |_| true;
        deserialize_u32() |_| true;
        deserialize_u64() |_| true;
        deserialize_u128() |_| true;
        deserialize_f32() |_| false;
        deserialize_f64() |_| false;
        deserialize_char() |_| false;
        deserialize_str() |_| false;
        deserialize_string() |_| false;
        deserialize_bytes() |_| false;
        deserialize_byte_buf() |_| false;
        deserialize_option() |_| false;
        deserialize_unit() |_| false;
        deserialize_unit_struct(name: &'static str) |_| false;
        deserialize_newtype_struct(name: &'static str) |_| false;
        deserialize_seq() |_| false;
        deserialize_tuple(length: usize) |_| false;
        deserialize_tuple_struct(name: &'static str, length: usize) |_| false;
        deserialize_map() |_| false;
        deserialize_struct(name: &'static str, fields: &'static [&'static str]) |_| false;
        deserialize_enum(name: &'static str, variants: &'static [&'static str]) |_| false;
        deserialize_identifier() |_| false;
        deserialize_ignored_any() |_| false;
    }

    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }
}

/// Takes one value.
struct Taker<V> {
    visitor: V,
    /// Whether a fraction that is none becomes a whole number here.
    whole: bool,
    everywhere: bool,
}

impl<V> Taker<V> {
    fn split<I>(self, inner: I) -> (V, Whole<I>) {
        (self.visitor, Whole { inner, everywhere: self.everywhere })
    }
}

macro_rules! visit {
    ($($method:ident($type:ty);)*) => {
        $(fn $method<E: Error>(self, value: $type) -> Result<V::Value, E> {
            self.visitor.$method(value)
        })*
    };
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Taker<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(f)
    }

    visit! {
        visit_bool(bool);
        visit_i64(i64);
        visit_i128(i128);
        visit_u64(u64);
        visit_u128(u128);
        visit_str(&str);
        visit_borrowed_str(&'de str);
        visit_string(String);
        visit_bytes(&[u8]);
        visit_borrowed_bytes(&'de [u8]);
        visit_byte_buf(Vec<u8>);
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<V::Value, E> {
        match exact(value).filter(|_| self.whole) {
            Some(whole) => self.visitor.visit_i64(whole),
            None => self.visitor.visit_f64(value),
        }
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_none()
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        let (visitor, inner) = self.split(inner);
        visitor.visit_some(inner)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        let (visitor, inner) = self.split(inner);
        visitor.visit_newtype_struct(inner)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, inner: A) -> Result<V::Value, A::Error> {
        let (visitor, inner) = self.split(inner);
        visitor.visit_seq(inner)
    }

    fn visit_map<A: MapAccess<'de>>(self, inner: A) -> Result<V::Value, A::Error> {
        let (visitor, inner) = self.split(inner);
        visitor.visit_map(inner)
    }

    fn visit_enum<A: EnumAccess<'de>>(self, inner: A) -> Result<V::Value, A::Error> {
        let (visitor, inner) = self.split(inner);
        visitor.visit_enum(inner)
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Whole<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<S::Value, D::Error> {
        let json = self.around(json);
        self.inner.deserialize(json)
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Whole<A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        let seed = self.around(seed);
        self.inner.next_element_seed(seed)
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Whole<A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        self.inner.next_key_seed(seed) // names are text
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        let seed = self.around(seed);
        self.inner.next_value_seed(seed)
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

impl<'de, A: EnumAccess<'de>> EnumAccess<'de> for Whole<A> {
    type Error = A::Error;
    type Variant = Whole<A::Variant>;

    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, Self::Variant), A::Error> {
        let everywhere = self.everywhere;
        let (value, inner) = self.inner.variant_seed(seed)?;
        Ok((value, Whole { inner, everywhere }))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for Whole<A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.inner.unit_variant()
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        let seed = self.around(seed);
        self.inner.newtype_variant_seed(seed)
    }

    fn tuple_variant<V: Visitor<'de>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        let visitor = Taker { visitor, whole: false, everywhere: self.everywhere };
        self.inner.tuple_variant(length, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        let visitor = Taker { visitor, whole: false, everywhere: self.everywhere };
        self.inner.struct_variant(fields, visitor)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;
    use serde_json::{Value, json};

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Sale {
        count: u8,
        #[serde(default)]
        rate: Option<f32>,
        #[serde(default)]
        more: Vec<(i64, Option<u16>)>,
        #[serde(default)]
        by_day: BTreeMap<u8, Sold>,
        #[serde(default)]
        free: Value,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    enum Sold {
        None,
        Some(u8),
        Two(u8, u8),
        At { hour: u8 },
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(untagged)]
    enum Loose {
        Count(u8),
        Page {
            page: u8,
            #[serde(flatten)]
            size: Size,
        },
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Size {
        size: u8,
    }

    #[track_caller]
    fn same<T: DeserializeOwned + PartialEq + fmt::Debug>(fractions: &str, whole: &str) {
        assert!(serde_json::from_str::<T>(fractions).is_err(), "{fractions}");
        let read = from_slice::<T>(fractions.as_bytes());
        assert_eq!(read, Some(serde_json::from_str(whole).unwrap()), "{fractions}");
    }

    #[test]
    fn a_whole_number_may_be_written_with_a_fraction() {
        same::<Sale>(r#"{"count": 1.0}"#, r#"{"count": 1}"#);
        same::<Sale>(
            r#"{"count": 2e1, "rate": 1.0, "more": [[-1.0, 2.0], [3, null]]}"#,
            r#"{"count": 20, "rate": 1, "more": [[-1, 2], [3, null]]}"#,
        );
        same::<Sale>(
            r#"{"count": 1, "by_day": {"1": "None", "2": {"Some": 1.0}, "3": {"Two": [1.0, 2]}, "4": {"At": {"hour": 1.0}}}}"#,
            r#"{"count": 1, "by_day": {"1": "None", "2": {"Some": 1}, "3": {"Two": [1, 2]}, "4": {"At": {"hour": 1}}}}"#,
        );
        same::<Loose>("1.0", "1");
        same::<Loose>(r#"{"page": 1.0, "size": 2.0}"#, r#"{"page": 1, "size": 2}"#);
        same::<Size>(r#"{"size": -0.0}"#, r#"{"size": 0}"#);
        same::<Size>(r#"{"size": -0}"#, r#"{"size": 0}"#);
    }

    #[test]
    fn a_fraction_is_no_whole_number() {
        for body in
            [r#"{"size": 1.5}"#, r#"{"size": 256.0}"#, r#"{"size": 1e300}"#, r#"{"size": 1.0} x"#]
        {
            assert_eq!(from_slice::<Size>(body.as_bytes()), None, "{body}");
        }
        assert_eq!(from_slice::<u64>(b"9007199254740994.0"), None, "a float does not tell");
    }

    #[test]
    fn nothing_else_is_read_in_another_way() {
        let repeated = br#"{"count": 1, "count": 2, "more": [[1.0, 1]]}"#;
        assert_eq!(from_slice::<Sale>(repeated), None, "repeated members are refused as ever");
        let free = br#"{"count": 1.0, "free": {"a": 2.0, "a": 3.0}}"#;
        assert_eq!(from_slice::<Sale>(free).map(|sale| sale.free), Some(json!({"a": 3.0})));
    }
}
