//! The promise of this module, held against random bodies near to real input types.

mod inputs;
mod noise;

use garde::Validate;
use proptest::prelude::*;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Refusal, Violation, check, faults_of, pointer, whole};

/// Reads `body` as the framework does, and holds what is said about it against what was done.
fn hold<T: DeserializeOwned + JsonSchema + Validate<Context = ()>>(body: &str) {
    let schema = schemars::schema_for!(T).to_value();
    let read = whole::from_slice::<T>(body.as_bytes()).map(|input| input.validate());
    let report = match read {
        Some(Ok(())) => return accepted(&schema, body),
        Some(Err(report)) => Some(report),
        None => None,
    };
    match faults_of::<T>(body.as_bytes(), &schema, &schema, report.as_ref()) {
        Refusal::Faults(faults) => refused(&faults, body),
        Refusal::Syntax { message, .. } => panic!("{body} is JSON, but: {message}"),
    }
}

fn accepted(schema: &Value, body: &str) {
    let instance: Value = serde_json::from_str(body).unwrap();
    let faults = check(schema, schema, &instance);
    let lies: Vec<_> = faults.iter().filter(|fault| !is_known_gap(fault, &instance)).collect();
    assert!(lies.is_empty(), "accepted: {body}\nbut {lies:#?}");
}

fn refused(faults: &[Violation], body: &str) {
    let instance: Value = serde_json::from_str(body).unwrap();
    assert!(!faults.is_empty(), "refused without a word: {body}");
    for fault in faults {
        let place = match fault.code {
            "required" => pointer::parent(&fault.pointer),
            _ => &fault.pointer,
        };
        let exists = instance.pointer(place).is_some();
        assert!(exists, "{fault:?} is nowhere in {body}");
        assert_ne!(fault.message, "was refused", "{body}");
    }
}

/// What the module documents as stricter than serde.
fn is_known_gap(fault: &Violation, instance: &Value) -> bool {
    let is_unit = |value: &Value| match value {
        Value::Object(members) => members.len() <= 1 && members.values().all(Value::is_null),
        _ => false,
    };
    let place = instance.pointer(&fault.pointer);
    match fault.code {
        // Sets take an item twice.
        "unique" => true,
        // Structs and tagged enums are also read from the list of their fields, unit variants also
        // from `{"Name": null}`, and flattened ones from `{"Name": {}}`.
        "type" | "one_of" => place.is_some_and(|value| value.is_array() || is_unit(value)),
        "enum" | "const" => place.is_some_and(is_unit),
        _ => false,
    }
}

macro_rules! promise {
    ($($name:ident: $input:ty, $($seed:tt),+;)+) => {
        proptest! {
            #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]
            $(
                #[test]
                fn $name(body in noise::near(vec![$(serde_json::json!($seed)),+])) {
                    hold::<$input>(&body);
                }
            )+
        }
        #[test]
        fn seeds_are_accepted() {
            $($(
                let seed = serde_json::json!($seed);
                let input: $input = serde_json::from_value(seed.clone()).expect(stringify!($name));
                input.validate().expect(stringify!($name));
                accepted(&schemars::schema_for!($input).to_value(), &seed.to_string());
            )+)+
        }
    };
}

promise! {
    plain_structs: inputs::Person,
        {"fullName": "Ann", "age": 30, "mail": "a@b.example", "tags": ["ab"], "home": {"street-name": "S", "zip": "12345"}},
        {"fullName": "Ünï", "age": 1, "tags": ["ab", "éé"], "home": {"street-name": "S", "zip": "00000"}, "work": null};
    strict_structs: inputs::Strict,
        {"a": 1, "page": 2, "n": null},
        {"a": 1};
    enums_tagged_inside: inputs::Inside,
        {"kind": "circle", "radius": 1.5},
        {"kind": "named", "fullName": "Ann", "age": 30, "tags": [], "home": {"street-name": "S", "zip": "12345"}},
        {"kind": "none"};
    enums_tagged_beside: inputs::Beside,
        {"t": "Text", "c": "abc"},
        {"t": "Pair", "c": [1, "a"]},
        {"t": "Point", "c": {"x": 1, "y": -1}},
        {"t": "Nothing"};
    enums_tagged_outside: inputs::Outside,
        "Draft",
        {"At": {"x": 3}},
        {"Many": [1, 2]},
        {"Two": [1, "a"]},
        "Documented";
    enums_without_tags: inputs::Untagged,
        1,
        "abc",
        {"x": 1},
        {"y": "a", "more": [1]},
        [1, 2];
    flattened: inputs::Flat,
        {"id": 1, "page": 1, "perPage": 10, "At": {"x": 1}, "extra": 5},
        {"id": 1, "Draft": null};
    maps: inputs::Maps,
        {"counts": {"a": 1}, "numbered": {"1": "a"}, "colors": {"red": 1}, "anything": {"a": [null]}},
        {"counts": {"a": 1, "b": 2}, "numbered": {}, "colors": {}, "anything": {}};
    numbers: inputs::Numbers,
        {"a": 1, "b": -1, "c": 2, "d": 1.5, "e": 3, "f": 1, "g": 1, "h": 10, "i": 0.5, "j": [1, 2, 3], "k": [1, "x"], "l": "c"};
    optional: inputs::Optional,
        {},
        {"a": 1, "b": "x", "c": [1], "d": {"x": 1, "y": 1}, "e": "live", "f": {"kind": "none"}},
        {"a": null, "b": null, "c": null, "d": null, "e": null, "f": null};
    rules: inputs::Rules,
        {"code": "B-12-x", "word": "abc", "plate": "ab1", "ip": "192.0.2.1", "title": "abc", "keys": {"a": 1}, "odd": 3, "must": 1};
    recursion: inputs::Tree,
        {"name": "a", "children": [{"name": "b", "children": []}], "next": null},
        {"name": "a", "next": {"name": "b", "children": [], "next": {"name": "c"}}};
    standard_types: inputs::Standard,
        {"unit": null, "set": [1, 2], "duration": {"secs": 1, "nanos": 2}, "address": "::1", "result": {"Ok": 1}, "range": {"start": 1, "end": 2}, "nested": [[1], []], "bound": "Unbounded"};
}
