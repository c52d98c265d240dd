use schemars::{JsonSchema, schema_for};
use serde_json::json;

use super::*;

/// Each fault on a line: pointer, code, message.
fn faults(schema: &Value, instance: &Value) -> Vec<String> {
    let found = check(schema, schema, instance).into_iter();
    found.map(|fault| format!("{} {}: {}", fault.pointer, fault.code, fault.message)).collect()
}

#[track_caller]
fn finds(schema: &Value, instance: &Value, expected: &[&str]) {
    assert_eq!(faults(schema, instance), expected);
}

#[track_caller]
fn says(schema: &Value, instance: &Value, message: &str) {
    let found = check(schema, schema, instance);
    assert_eq!(found.first().map(|fault| &*fault.message), Some(message));
    assert_eq!(found.len(), 1);
}

fn schema<T: JsonSchema>() -> Value {
    schema_for!(T).to_value()
}

#[test]
fn every_fault_is_told_in_the_order_of_the_document() {
    let schema = json!({
        "type": "object",
        "properties": {
            "title": {"type": "string", "minLength": 1, "maxLength": 5},
            "items": {"type": "array", "minItems": 1, "items": {
                "type": "object",
                "properties": {"price": {"type": "number", "exclusiveMinimum": 0}},
                "required": ["price"],
            }},
            "pages": {"type": "integer", "minimum": 1},
        },
        "required": ["title", "pages", "author"],
        "additionalProperties": false,
    });
    finds(
        &schema,
        &json!({"items": [{"price": 1}, {"price": 0}, {}], "page": 1, "title": "too long"}),
        &[
            "/items/1/price exclusive_minimum: must be more than 0",
            "/items/2/price required: is required",
            "/page unknown_field: is not known here; the nearest known name is pages",
            "/title max_length: must be at most 5 characters long (it has 8)",
            "/pages required: is required",
            "/author required: is required",
        ],
    );
    finds(
        &schema,
        &json!({"title": "a", "pages": 1, "author": 1}),
        &["/author unknown_field: is not known here"],
    );
}

#[test]
fn messages_read_as_on_a_form() {
    says(&json!({"type": "integer"}), &json!("5"), "must be a whole number, not text");
    says(&json!({"type": "integer"}), &json!(1.5), "must be a whole number, not a fraction");
    says(&json!({"type": "integer"}), &json!(""), "must be a whole number, not empty text");
    says(&json!({"type": "string"}), &json!(1.5), "must be text, not a number");
    says(&json!({"type": ["string", "null"]}), &json!([]), "must be text or null, not a list");
    says(&json!({"type": "boolean"}), &json!("yes"), "must be true or false, not text");
    says(&json!({"minLength": 1}), &json!(""), "must not be empty");
    says(&json!({"minLength": 3}), &json!("é"), "must be at least 3 characters long (it has 1)");
    says(&json!({"minItems": 1}), &json!([]), "must not be empty");
    says(&json!({"maxItems": 1}), &json!([1, 2]), "must have at most 1 item (it has 2)");
    says(&json!({"minProperties": 1}), &json!({}), "must have at least 1 member (it has 0)");
    says(
        &json!({"enum": ["draft", "live"]}),
        &json!("drat"),
        "must be one of: draft, live; the nearest is draft",
    );
    says(
        &json!({"type": "string", "enum": ["draft", "live"]}),
        &json!(1),
        "must be one of: draft, live",
    );
    says(&json!({"const": 3}), &json!(4), "must be 3");
    says(&json!({"not": {"const": 0}}), &json!(0), "must not be 0");
    says(&json!({"multipleOf": 5}), &json!(7), "must be a multiple of 5");
    says(&json!({"pattern": "^a+$"}), &json!("b"), "must match the pattern ^a+$");
    says(&json!({"pattern": "^a+$", "examples": ["aa"]}), &json!("b"), "must look like aa");
    says(&json!({"format": "date"}), &json!("1.2.2026"), "must be a date like 2026-01-31");
    says(&json!({"type": "string", "x-message": "must be a name"}), &json!(1), "must be a name");
}

#[test]
fn lengths_are_counted_in_characters_and_patterns_that_are_none_hold() {
    finds(&json!({"maxLength": 2}), &json!("éé"), &[]);
    finds(&json!({"pattern": "("}), &json!("anything"), &[]);
    finds(&json!({"pattern": "b"}), &json!("abc"), &[]);
}

#[test]
fn numbers_keep_to_their_rust_type() {
    finds(&schema::<i32>(), &json!(2_147_483_648_i64), &[" maximum: must be at most 2147483647"]);
    finds(&schema::<u32>(), &json!(-1), &[" minimum: must be at least 0"]);
    finds(&schema::<u64>(), &json!(u64::MAX), &[]);
    finds(
        &schema::<i64>(),
        &json!(i64::MAX as u64 + 1),
        &[" maximum: must be at most 9223372036854775807"],
    );
    finds(&schema::<u64>(), &json!(1e20), &[" maximum: must be at most 18446744073709551615"]);
    finds(&schema::<u128>(), &json!(1e20), &[]);
    finds(&schema::<i32>(), &json!(1.0), &[" type: must be a whole number, not a fraction"]);
    finds(&schema::<f64>(), &json!(1), &[]);
    finds(&schema::<std::num::NonZeroI8>(), &json!(0), &[" not: must not be 0"]);
}

#[derive(JsonSchema)]
#[serde(tag = "kind")]
#[expect(dead_code, reason = "only its schema is used")]
enum Shape {
    Circle { radius: f64 },
    Square(Side),
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct Side {
    side: f64,
}

#[test]
fn a_tag_tells_which_branch_was_meant() {
    let schema = schema::<Option<Shape>>();
    finds(&schema, &json!({"kind": "Circle"}), &["/radius required: is required"]);
    finds(
        &schema,
        &json!({"kind": "Square", "side": "x"}),
        &["/side type: must be a number, not text"],
    );
    finds(
        &schema,
        &json!({"kind": "Sqare"}),
        &["/kind enum: must be one of: Circle, Square; the nearest is Square"],
    );
    finds(&schema, &json!({"radius": 1}), &["/kind required: is required"]);
    finds(&schema, &json!(1), &[" type: must be an object or null, not a number"]);
    finds(&schema, &json!(null), &[]);
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is used")]
enum State {
    Draft,
    /// Documented variants are written apart from the others.
    Live,
    Due {
        day: u8,
    },
    Range(u8, u8),
}

#[test]
fn the_only_member_tells_which_variant_was_meant() {
    let schema = schema::<State>();
    finds(&schema, &json!("Draft"), &[]);
    finds(&schema, &json!("draft"), &[" enum: must be one of: Draft, Live; the nearest is Draft"]);
    finds(&schema, &json!({"Due": {"day": 256}}), &["/Due/day maximum: must be at most 255"]);
    finds(
        &schema,
        &json!({"Range": [1]}),
        &["/Range min_items: must have at least 2 items (it has 1)"],
    );
    finds(
        &schema,
        &json!({"due": {}}),
        &[" one_of: must have one of the members: Due, Range; the nearest is Due"],
    );
    finds(&schema, &json!({"Due": {"day": 1}, "x": 1}), &["/x unknown_field: is not known here"]);
    finds(&schema, &json!([1]), &[" type: must be text or an object, not a list"]);
}

#[test]
fn without_a_tag_the_nearest_branch_is_blamed() {
    let schema = json!({"anyOf": [
        {"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer"}}, "required": ["name", "age"]},
        {"type": "object", "properties": {"id": {"type": "integer"}, "key": {"type": "string"}}, "required": ["id", "key"]},
        {"type": "string"},
    ]});
    finds(
        &schema,
        &json!({"name": "Ann", "age": "x"}),
        &["/age type: must be a whole number, not text"],
    );
    finds(&schema, &json!({"id": 1}), &["/key required: is required"]);
    finds(&schema, &json!(5), &[" type: must be text or an object, not a number"]);
}

#[test]
fn lists_are_checked_place_by_place() {
    let tuple = json!({"prefixItems": [{"type": "integer"}, {"type": "string"}], "items": {"type": "null"}});
    finds(&tuple, &json!([1, "a", null]), &[]);
    finds(
        &tuple,
        &json!(["a", "a", 1]),
        &["/0 type: must be a whole number, not text", "/2 type: must be null, not a number"],
    );
    finds(&json!({"uniqueItems": true}), &json!([1, 2, 1]), &["/2 unique: is in the list already"]);
}

#[test]
fn maps_are_checked_by_the_names_of_their_members() {
    let map = schema::<std::collections::BTreeMap<u32, u8>>();
    finds(
        &map,
        &json!({"1": 1, "2": "y", "x": 1}),
        &[
            "/2 type: must be a whole number, not text",
            "/x unknown_field: is not a name that can stand here",
        ],
    );
    finds(
        &json!({"propertyNames": {"maxLength": 2}}),
        &json!({"abc": 1}),
        &["/abc property_name: the name must be at most 2 characters long (it has 3)"],
    );
}

#[test]
fn unevaluated_members_are_those_no_part_speaks_of() {
    let schema = json!({
        "properties": {"a": {}},
        "allOf": [{"properties": {"b": {}}}],
        "oneOf": [{"properties": {"c": {}}, "required": ["c"]}, {"properties": {"d": {}}, "required": ["d"]}],
        "unevaluatedProperties": false,
    });
    finds(&schema, &json!({"a": 1, "b": 1, "c": 1}), &[]);
    finds(&schema, &json!({"b": 1, "d": 1, "bb": 1}), &["/bb unknown_field: is not known here"]);
}

#[test]
fn pointers_are_escaped_and_references_decoded() {
    let root = json!({"components": {"schemas": {"A~B": {"type": "null"}}}});
    let schema = json!({"additionalProperties": {"$ref": "#/components/schemas/A~0B"}});
    let found = check(&schema, &root, &json!({"a/b": 1}));
    assert_eq!(found[0].pointer, "/a~1b");
}

#[test]
fn cycles_and_floods_come_to_an_end() {
    let cycle = json!({"$defs": {"A": {"anyOf": [{"$ref": "#/$defs/A"}, {"$ref": "#/$defs/A"}]}}, "$ref": "#/$defs/A"});
    finds(&cycle, &json!(1), &[]);
    let flood = Value::Array(vec![json!("x"); 10_000]);
    assert_eq!(check(&schema::<Vec<u8>>(), &schema::<Vec<u8>>(), &flood).len(), MOST_FAULTS);
    let twins = json!({"$defs": {"T": {"anyOf": [
        {"type": "object", "properties": {"l": {"$ref": "#/$defs/T"}, "x": {"type": "integer"}}, "required": ["l", "x"]},
        {"type": "object", "properties": {"l": {"$ref": "#/$defs/T"}, "y": {"type": "integer"}}, "required": ["l", "y"]},
    ]}}, "$ref": "#/$defs/T"});
    let mut deep = json!({});
    for _ in 0..100 {
        deep = json!({"l": deep});
    }
    let started = std::time::Instant::now();
    let _ = check(&twins, &twins, &deep);
    assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
}

#[test]
fn the_deepest_value_that_parses_fits_a_small_stack() {
    let list = json!({"$defs": {"L": {"type": "object", "properties": {"next": {"anyOf": [{"$ref": "#/$defs/L"}, {"type": "null"}]}}}}, "$ref": "#/$defs/L"});
    let text = format!("{}1{}", "{\"next\":".repeat(126), "}".repeat(126));
    let deep: Value = serde_json::from_str(&text).unwrap();
    let thread = std::thread::Builder::new().stack_size(1024 * 1024);
    let found = thread.spawn(move || check(&list, &list, &deep)).unwrap().join().unwrap();
    assert_eq!(found[0].message, "must be an object or null, not a number");
}
