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
    finds(&schema::<i32>(), &json!(1.0), &[]);
    finds(&schema::<u8>(), &json!(256.0), &[" maximum: must be at most 255"]);
    finds(&schema::<u8>(), &json!(1.5), &[" type: must be a whole number, not a fraction"]);
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
    let flattened = json!({"oneOf": schema["oneOf"], "unevaluatedProperties": true});
    let two = json!({"Range": [1, 256], "Due": {"day": 256}});
    finds(
        &flattened,
        &two,
        &["/Range/1 maximum: must be at most 255", "/Due unknown_field: is not known here"],
    );
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

/// How much work it is to find out what is wrong with a value.
fn steps(schema: &Value, instance: &Value) -> usize {
    let mut checker = Checker::new(schema, None, MOST_STEPS_OF_A_REFUSAL);
    checker.check(schema, instance);
    checker.steps
}

#[test]
fn a_reference_to_itself_asks_for_nothing() {
    let cycle = json!({"$defs": {"A": {"anyOf": [{"$ref": "#/$defs/A"}, {"$ref": "#/$defs/A"}]}}, "$ref": "#/$defs/A"});
    finds(&cycle, &json!(1), &[]);
}

#[test]
fn choices_inside_of_choices_come_to_an_end() {
    let branch = |name: &str| json!({"type": "object", "properties": {"l": {"$ref": "#/$defs/T"}, name: {}}, "required": ["l"]});
    let defs = json!({"T": {"anyOf": [branch("x"), branch("y"), {"type": "integer"}]}});
    let twins = json!({"$defs": defs, "$ref": "#/$defs/T"});
    let deep = |depth| (0..depth).fold(json!("x"), |below, _| json!({"l": below}));
    finds(&twins, &deep(1), &["/l type: must be a whole number or an object, not text"]);
    let taken = steps(&twins, &deep(100));
    let expected = MOST_STEPS_OF_A_REFUSAL..MOST_STEPS_OF_A_REFUSAL + 1_000;
    assert!(expected.contains(&taken), "{taken}");
    // Whoever gives up has found nothing, and claims nothing.
    let not = json!({"$defs": defs, "not": {"$ref": "#/$defs/T"}});
    let rest = json!({"$defs": defs, "$ref": "#/$defs/T", "unevaluatedProperties": false});
    for schema in [twins, not, rest] {
        finds(&schema, &deep(100), &[]);
    }
}

#[test]
fn a_list_of_faults_ends_and_so_does_the_search() {
    let schema = schema::<Vec<u8>>();
    let flood = |length| Value::Array(vec![json!("x"); length]);
    let found = check(&schema, &schema, &flood(10_000));
    assert_eq!(found.len(), MOST_FAULTS + 1);
    assert_eq!(found[99].pointer, "/99");
    let more = &found[100];
    assert_eq!((&*more.pointer, more.code), ("", "more_faults"));
    assert_eq!(more.message, "has at least 1 more fault, for which the list has no room");
    assert_eq!(check(&schema, &schema, &flood(100)).len(), 100, "none is missing");
    assert_eq!(steps(&schema, &flood(200)), steps(&schema, &flood(10_000)));

    let strict = json!({"properties": {"known": {}}, "additionalProperties": false});
    let strangers = |number| -> Value { (0..number).map(|n| (format!("{n}"), json!(0))).collect() };
    assert_eq!(check(&strict, &strict, &strangers(10_000)).len(), MOST_FAULTS + 1);
    assert_eq!(steps(&strict, &strangers(200)), steps(&strict, &strangers(10_000)));
}

#[test]
fn a_choice_is_prepared_once_for_all_items() {
    let variant = |n: usize| json!({"type": "object", "properties": {"t": {"type": "string", "const": format!("v{n}")}}, "required": ["t"]});
    let events = |variants: usize| json!({"items": {"oneOf": (0..variants).map(variant).collect::<Vec<_>>()}});
    let list = |length| Value::Array(vec![json!({"t": "v1"}); length]);
    let per_item =
        |schema: &Value| (steps(schema, &list(2_000)) - steps(schema, &list(1_000))) / 1_000;
    assert_eq!(per_item(&events(2)), 5);
    assert_eq!(per_item(&events(20)), 7);
    finds(&events(20), &list(3), &[]);
}

#[test]
fn names_are_repeated_only_as_far_as_there_is_room() {
    let map = json!({"additionalProperties": {"items": {"type": "integer"}}});
    let of_length = |length: usize| {
        let wrong = vec![json!("x"); 90];
        check(&map, &map, &json!({"k".repeat(length): wrong, "short": ["x"]}))
    };
    let told = |faults: &[Violation]| -> usize {
        faults.iter().map(|fault| fault.pointer.len() + fault.message.len()).sum()
    };
    assert_eq!(of_length(100).len(), 91);
    let some = of_length(2_000);
    assert!(told(&some) < 70_000, "{}", told(&some));
    let more = &some[some.len() - 1];
    assert_eq!(
        more.message,
        format!("has {} more faults, for which the list has no room", 92 - some.len())
    );
    let one = of_length(1_000_000);
    let lines: Vec<_> = one.iter().map(|fault| (&*fault.pointer, fault.code)).collect();
    assert_eq!(lines, [("/short/0", "type"), ("", "more_faults")]);
    assert_eq!(one[1].message, "has 90 more faults, for which the list has no room");
}

#[test]
fn misspelt_names_get_a_hint_until_it_takes_too_much() {
    let names: Value = (0..500).map(|n| (format!("name{n}"), json!({}))).collect();
    let wide = json!({"properties": names, "additionalProperties": false});
    let sent = (0..50).map(|n| (format!("name{n}x"), json!(0))).collect();
    let found = check(&wide, &wide, &sent);
    assert_eq!(found.len(), 50);
    let hints = found.iter().filter(|fault| fault.message.contains("nearest")).count();
    assert_eq!(hints, 4, "2,000 names are compared, 500 for each");
}

#[test]
fn names_of_members_are_checked_within_the_same_limits() {
    let map = json!({"propertyNames": {"type": "string", "pattern": "^[a-z]+$"}});
    let names = |number: usize, letter: &str| -> Value {
        (1..=number).map(|length| (letter.repeat(length), json!(0))).collect()
    };
    assert_eq!(check(&map, &map, &names(1_000, "1")).len(), MOST_FAULTS + 1);
    assert_eq!(steps(&map, &names(200, "1")), steps(&map, &names(1_000, "1")));
    let good = steps(&map, &names(200, "a")) - steps(&map, &names(100, "a"));
    assert!(good > 200, "{good} steps for 100 names, each a value of its own");
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
