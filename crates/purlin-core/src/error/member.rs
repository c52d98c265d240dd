//! Members of a problem document beside those that every one has (RFC 9457 §3.2).

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde_json::{Map, Value};

use super::problem::ProblemStatus;

/// What may be a member of a problem document: it can be written, and described in the OpenAPI
/// document.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a member of a problem",
    label = "not a member of a problem",
    note = "derive `Serialize`, which writes it, and `JsonSchema`, which documents it, on `{Self}`"
)]
pub trait ProblemMember: Serialize + JsonSchema {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + JsonSchema> ProblemMember for T {}

/// Gives the schema of a member.
pub(crate) type Describe = fn(&mut SchemaGenerator) -> Schema;

pub(crate) fn describe<T: ProblemMember>() -> Describe {
    SchemaGenerator::subschema_for::<T>
}

/// Documents a field marked `#[problem(member)]`; used by the derive. Here its type is asked
/// whether it can be one, and nowhere else: a mistake is said once.
pub fn document_member<T: ProblemMember>(problem: &mut ProblemStatus, name: &'static str) {
    problem.member::<T>(name);
}

/// A field marked `#[problem(member)]` on its way into an answer.
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "it is matched by its field, and has no other")]
pub struct Member<'a, T>(pub &'a T);

impl<T: Serialize> Member<'_, T> {
    /// Adds it to a problem document; a value that cannot be written is left out.
    pub fn write(self, members: &mut Map<String, Value>, name: &str) {
        if let Ok(value) = serde_json::to_value(self.0) {
            members.insert(name.to_owned(), value);
        }
    }
}

/// Stands in for the function above where the type can be no member, which was said already.
pub trait NoMember: Sized {
    /// Does nothing.
    fn write(self, _members: &mut Map<String, Value>, _name: &str) {}
}

impl<T> NoMember for Member<'_, T> {}
