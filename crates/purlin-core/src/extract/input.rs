//! What may be an input: a type that can be read, described and checked.

use std::borrow::Cow;
use std::ops::{Deref, DerefMut};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{Error, Fault, FaultIn};
use crate::schema::Violation;

/// A type that can be read from a request: `#[derive(Deserialize, JsonSchema, Validate)]`.
///
/// The three derives read the same `#[garde(…)]` attributes, so that what is checked is also what
/// is documented. A type without rules still derives `Validate`, with
/// `#[garde(allow_unvalidated)]`; a foreign type is read as [`Unchecked`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an input",
    label = "not an input",
    note = "derive `Deserialize`, `JsonSchema` and `Validate` on `{Self}` (`#[garde(allow_unvalidated)]` where there is nothing to check)",
    note = "or take it without rules, as `Unchecked<{Self}>`"
)]
pub trait Input: DeserializeOwned + JsonSchema + Send + 'static {
    /// Whether the rules of the schema are checked: false for [`Unchecked`].
    const CHECKED: bool;

    /// Checks the rules.
    fn rules(&self) -> Result<(), garde::Report>;
}

#[diagnostic::do_not_recommend]
impl<T> Input for T
where
    T: DeserializeOwned + JsonSchema + garde::Validate<Context = ()> + Send + 'static,
{
    const CHECKED: bool = true;

    fn rules(&self) -> Result<(), garde::Report> {
        self.validate()
    }
}

/// An input that was refused. The value is there when it could be read and only broke its rules,
/// so that asynchronous rules can add their faults to the same list.
pub(super) struct Rejected<T> {
    pub(super) error: Error,
    pub(super) value: Option<T>,
}

impl<T> Rejected<T> {
    /// Says that nothing was sent, which is why it was refused.
    pub(super) fn absent(self) -> Self {
        Self { error: self.error.absent(), ..self }
    }
}

impl<T> From<Error> for Rejected<T> {
    fn from(error: Error) -> Self {
        Self { error, value: None }
    }
}

/// A violation of the schema as a fault of a part of the request.
pub(super) fn fault_at(within: FaultIn, violation: Violation) -> Fault {
    Fault::new(within, violation.pointer, violation.code, violation.message)
}

/// An input without rules: a `String`, a `serde_json::Value`, a foreign type.
///
/// A type whose schema states limits is refused here at assembly, because nobody would check them. It
/// is written as what is in it, so that it may also be answered:
///
/// ```
/// use purlin_core::{App, Json, Routes, Unchecked};
/// use serde_json::Value;
///
/// async fn echo(body: Json<Unchecked<Value>>) -> Json<Unchecked<Value>> {
///     body
/// }
///
/// let app = App::new("echo").routes(Routes::new().post("/", echo));
/// assert!(app.assemble().is_ok());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "it is matched by its field, and has no other")]
pub struct Unchecked<T>(pub T);

impl<T: DeserializeOwned + JsonSchema + Send + 'static> Input for Unchecked<T> {
    const CHECKED: bool = false;

    fn rules(&self) -> Result<(), garde::Report> {
        Ok(())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Unchecked<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self)
    }
}

impl<T: Serialize> Serialize for Unchecked<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<T: JsonSchema> JsonSchema for Unchecked<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

impl<T> Deref for Unchecked<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Unchecked<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}
