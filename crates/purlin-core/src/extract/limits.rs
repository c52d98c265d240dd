//! What the schema of an input promises beside shapes and types: limits, which somebody must check.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::input::Input;
use crate::error::Result;
use crate::report::{Reported, short_type_name};
use crate::site::Site;
use crate::upload::is_file;

/// The schema that values of an input are checked against, where no files come.
pub(super) fn checked_schema<T: Input>(site: &mut Site<'_>) -> Result<Arc<Value>, Reported> {
    let schema = form_schema::<T>(site)?;
    if !has_files(&schema) {
        return Ok(schema);
    }
    let name = short_type_name::<T>();
    let message = format!("`{name}` has a file, and only a form brings files");
    Err(site.refuse("P0111", message, format!("take it as `Form<{name}>`")))
}

/// The schema that values of a form are checked against. An input that nobody checks may not
/// promise limits in the document.
pub(super) fn form_schema<T: Input>(site: &mut Site<'_>) -> Result<Arc<Value>, Reported> {
    let schema = site.standalone::<T>();
    if T::CHECKED || !states_limits(&schema) {
        return Ok(schema);
    }
    let name = short_type_name::<T>();
    let message = format!("`{name}` states limits in its schema, and nobody would check them");
    Err(site.refuse(
        "P0108",
        message,
        "derive `Validate` and take it without `Unchecked`".to_owned(),
    ))
}

/// Whether a schema has files in it.
pub(super) fn has_files(schema: &Value) -> bool {
    is_file(schema)
        || match schema {
            Value::Array(items) => items.iter().any(has_files),
            Value::Object(members) => members.values().any(has_files),
            _ => false,
        }
}

/// Whether a schema demands more than shapes and types, which `serde` checks.
pub(super) fn states_limits(schema: &Value) -> bool {
    match schema {
        Value::Array(items) => items.iter().any(states_limits),
        Value::Object(members) => {
            members.iter().any(|(name, value)| is_limit(members, name, value))
        }
        _ => false,
    }
}

fn is_limit(schema: &Map<String, Value>, name: &str, value: &Value) -> bool {
    // A text or a list of one fixed size says so twice: `char`, tuples, arrays.
    let fixed = |one: &str, other: &str| schema.get(one) == schema.get(other);
    match name {
        "minLength" | "maxLength" => !fixed("minLength", "maxLength"),
        "minItems" | "maxItems" => !fixed("minItems", "maxItems"),
        "minimum" | "maximum" => !is_natural(schema, name, value),
        "pattern" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf" | "minProperties"
        | "maxProperties" => true,
        "format" => value == "email",
        "default" | "examples" | "enum" | "const" => false,
        "properties" | "$defs" | "patternProperties" => {
            value.as_object().is_some_and(|all| all.values().any(states_limits))
        }
        _ => states_limits(value),
    }
}

/// Whether a bound is the one the Rust type has anyway, as its `format` tells.
fn is_natural(schema: &Map<String, Value>, name: &str, value: &Value) -> bool {
    let (low, high) = match schema.get("format").and_then(Value::as_str) {
        Some("uint8") => (0.0, 255.0),
        Some("uint16") => (0.0, 65535.0),
        Some("int8") => (-128.0, 127.0),
        Some("int16") => (-32768.0, 32767.0),
        Some(format) if format.starts_with("uint") => (0.0, f64::INFINITY),
        _ => return false,
    };
    value.as_f64() == Some(if name == "minimum" { low } else { high })
}

#[cfg(test)]
mod tests {
    #![allow(dead_code, reason = "the fields are only looked at by the schema")]
    use garde::Validate;
    use schemars::JsonSchema;
    use serde::Deserialize;

    use super::*;
    use crate::openapi::Schemas;

    #[derive(Deserialize, JsonSchema)]
    struct Plain {
        letter: char,
        count: u8,
        #[serde(default)]
        pair: (u8, String),
        all: Vec<String>,
    }

    #[derive(Deserialize, JsonSchema, Validate)]
    struct Limited {
        #[garde(length(min = 1))]
        name: String,
    }

    #[derive(Deserialize, JsonSchema, Validate)]
    struct Ranged(#[garde(range(min = 1))] u32);

    #[test]
    fn limits_of_rust_types_are_no_rules() {
        assert!(states_limits(&Schemas::standalone::<Ranged>()));
        assert!(!states_limits(&Schemas::standalone::<Plain>()));
        assert!(states_limits(&Schemas::standalone::<Limited>()));
        assert!(states_limits(&Schemas::standalone::<Vec<Limited>>()));
    }
}
