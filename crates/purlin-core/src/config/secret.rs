//! Secrets: values that never print themselves.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What stands in the place of a secret wherever one would be printed.
pub(super) const MASK: &str = "[secret]";

/// A value that is used but never shown: a password, a key, a token.
///
/// `Debug`, `Display` and `Serialize` write `[secret]`, its schema has the format `password`, and a
/// value that cannot be read is not repeated in the error. What is left is [`expose`](Self::expose),
/// which is easy to search for.
///
/// ```
/// use purlin_core::config::Secret;
///
/// let key = Secret::new("hunter2".to_owned());
/// assert_eq!(format!("{key:?} {key}"), "[secret] [secret]");
/// assert_eq!(key.expose(), "hunter2");
/// ```
#[derive(Clone, Copy, Default)]
pub struct Secret<T = String>(T);

impl<T> Secret<T> {
    /// Hides a value.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself. Whoever calls this answers for where it goes.
    pub const fn expose(&self) -> &T {
        &self.0
    }
}

impl<T> From<T> for Secret<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(MASK)
    }
}

impl<T> fmt::Display for Secret<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(MASK)
    }
}

impl<T> Serialize for Secret<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(MASK)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Secret<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // serde's own message would repeat what was written.
        let unreadable = |_| serde::de::Error::custom("cannot be read (what it is stays secret)");
        T::deserialize(deserializer).map(Self).map_err(unreadable)
    }
}

impl<T: JsonSchema> JsonSchema for Secret<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Secret_{}", T::schema_name()).into()
    }

    fn schema_id() -> Cow<'static, str> {
        format!("purlin::Secret<{}>", T::schema_id()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = T::json_schema(generator);
        schema.insert("format".to_owned(), "password".into());
        schema.insert("writeOnly".to_owned(), true.into());
        schema
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_secret_is_read_and_never_written() {
        let secret: Secret = serde_json::from_value(json!("hunter2")).unwrap();
        assert_eq!(secret.expose(), "hunter2");
        assert_eq!(serde_json::to_value(&secret).unwrap(), json!("[secret]"));
        let error = serde_json::from_value::<Secret<u8>>(json!("hunter2")).unwrap_err();
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }

    #[test]
    fn its_schema_says_that_it_is_one() {
        let schema = schemars::schema_for!(Option<Secret>).to_value();
        assert_eq!(schema["format"], "password");
        assert_eq!(schema["writeOnly"], true);
        assert_eq!(schema["type"], json!(["string", "null"]));
    }
}
