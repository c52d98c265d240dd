//! A value that a schema allows, to be shown to people.

use serde_json::{Map, Value, json};

/// Deeper than this lists are empty and what may be null is null: a type may contain itself.
const DEEP: usize = 5;
/// Deeper than this nothing is shown. Only a type without an end comes here.
const DEEPEST: usize = 32;

/// The example that the schema gives itself, or the plainest value of its kind. References are
/// followed into `definitions`.
pub(super) fn example(schema: &Value, definitions: &Map<String, Value>) -> Value {
    at_depth(schema, definitions, 0)
}

fn at_depth(schema: &Value, definitions: &Map<String, Value>, depth: usize) -> Value {
    if depth > DEEPEST {
        return Value::Null;
    }
    if let Some(value) = given(schema) {
        return value.clone();
    }
    let is_deep = depth > DEEP;
    let below = |schema: &Value| at_depth(schema, definitions, depth + 1);
    if let Some(target) = schema["$ref"].as_str() {
        let name = target.rsplit('/').next().unwrap_or_default();
        return definitions.get(name).map(below).unwrap_or_default();
    }
    let branches = ["anyOf", "oneOf", "allOf"].iter().find_map(|all| schema[all].as_array());
    if let Some(branches) = branches {
        let null = branches.iter().find(|branch| is_deep && branch["type"] == "null");
        return null.or(branches.first()).map(below).unwrap_or_default();
    }
    match kind(schema) {
        "array" if is_deep => json!([]),
        "array" => json!([below(&schema["items"])]),
        "boolean" => json!(true),
        "integer" | "number" => number(schema),
        "object" => object(schema, below),
        "string" => json!(text(schema["format"].as_str().unwrap_or_default())),
        _ => Value::Null,
    }
}

/// What the schema says itself of its values.
fn given(schema: &Value) -> Option<&Value> {
    let first = |list: &str| schema[list].get(0);
    first("examples").or_else(|| schema.get("const")).or_else(|| first("enum"))
}

/// The type, and the first of several.
fn kind(schema: &Value) -> &str {
    let kind = &schema["type"];
    kind.as_str().or_else(|| kind[0].as_str()).unwrap_or_default()
}

fn number(schema: &Value) -> Value {
    let above = |least: &Value| least.as_f64().is_some_and(|least| least > 1.0);
    if above(&schema["minimum"]) { schema["minimum"].clone() } else { json!(1) }
}

fn object(schema: &Value, below: impl Fn(&Value) -> Value) -> Value {
    let mut members = Map::new();
    if let Value::Object(fields) = &schema["properties"] {
        for (name, field) in fields {
            members.insert(name.clone(), below(field));
        }
    }
    Value::Object(members)
}

fn text(format: &str) -> &'static str {
    match format {
        "date" => "2030-01-31",
        "date-time" => "2030-01-31T12:00:00Z",
        "time" => "12:00:00",
        "duration" => "PT1H",
        "email" => "reader@example.com",
        "uri" | "url" => "https://example.com/",
        "uri-reference" => "/",
        "uuid" => "7d444840-9dc0-41b5-8c5b-1f2e0e9a3c11",
        _ => "text",
    }
}
