//! What may be an answer in JSON: each derive it needs is asked for by itself, so that the one that
//! is missing is named.

use schemars::JsonSchema;
use serde::Serialize;

/// A type that can be written as JSON: `#[derive(Serialize)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be written as JSON",
    label = "cannot be written as JSON",
    note = "derive `serde::Serialize` on `{Self}`, or on your type inside it"
)]
pub trait Writable: Serialize {}

#[diagnostic::do_not_recommend]
impl<T: Serialize> Writable for T {}

/// A type that the OpenAPI document can describe: `#[derive(JsonSchema)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no schema for the OpenAPI document",
    label = "no schema",
    note = "derive `schemars::JsonSchema` on `{Self}`, or on your type inside it"
)]
pub trait HasSchema: JsonSchema {}

#[diagnostic::do_not_recommend]
impl<T: JsonSchema> HasSchema for T {}
