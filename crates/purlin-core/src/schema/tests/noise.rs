//! Random JSON near to a good example: a few members changed, removed, added or exchanged.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

/// A body that is one of the seeds after up to four changes, now and then with a repeated member.
pub(super) fn near(seeds: Vec<Value>) -> impl Strategy<Value = String> {
    let mut values = interesting();
    values.extend(seeds.iter().flat_map(parts));
    let change = (any::<Index>(), any::<Index>(), select(values), 0..4_u8);
    (select(seeds), prop::collection::vec(change, 0..5), any::<u8>()).prop_map(
        |(mut seed, changes, repeat)| {
            for (place, inner, value, what) in changes {
                apply(&mut seed, place, inner, value, what);
            }
            written(&seed, repeat < 8)
        },
    )
}

fn interesting() -> Vec<Value> {
    let text = "é".repeat(12);
    let numbers = ["-0", "1.0", "1e3", "1e20", "340282366920938463463374607431768211455"];
    let numbers = numbers.map(|number| serde_json::from_str(number).unwrap());
    let others = [
        json!(null),
        json!(true),
        json!(0),
        json!(1),
        json!(-1),
        json!(31),
        json!(256),
        json!(-129),
        json!(65536),
        json!(4_294_967_296_u64),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(1.5),
        json!(-0.5),
        json!(""),
        json!("a"),
        json!("ab"),
        json!("é"),
        json!(text),
        json!("a b@c"),
        json!("a@b.example"),
        json!("12345"),
        json!("12a45"),
        json!("Draft"),
        json!("draft"),
        json!("1"),
        json!("2026-01-31"),
        json!("192.0.2.1"),
        json!([]),
        json!([null]),
        json!([1, 1]),
        json!({}),
        json!({"x": 1}),
        json!({"Draft": null}),
        json!({"a": 1, "b": 2, "c": 3}),
        json!({"kind": "circle"}),
        json!({"é": 1}),
    ];
    numbers.into_iter().chain(others).collect()
}

/// Everything inside a value, itself included.
fn parts(value: &Value) -> Vec<Value> {
    let inside: Vec<Value> = match value {
        Value::Array(items) => items.iter().flat_map(parts).collect(),
        Value::Object(members) => members.values().flat_map(parts).collect(),
        _ => Vec::new(),
    };
    std::iter::once(value.clone()).chain(inside).collect()
}

fn places(value: &Value, here: &str, found: &mut Vec<String>) {
    found.push(here.to_owned());
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                places(item, &format!("{here}/{index}"), found);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                places(member, &super::pointer::join(here, name), found);
            }
        }
        _ => {}
    }
}

fn apply(seed: &mut Value, place: Index, inner: Index, value: Value, what: u8) {
    let mut found = Vec::new();
    places(seed, "", &mut found);
    let Some(target) = seed.pointer_mut(&found[place.index(found.len())]) else {
        return;
    };
    match (what, target) {
        (0, Value::Object(members)) if !members.is_empty() => {
            let name = members.keys().nth(inner.index(members.len())).cloned();
            members.remove(&name.unwrap());
        }
        (1, Value::Object(members)) => {
            let names = ["x", "id", "kind", "t", "ful_name", "fullName", "At", "Draft", "1", "é"];
            members.insert(names[inner.index(names.len())].to_owned(), value);
        }
        (0, Value::Array(items)) if !items.is_empty() => {
            items.remove(inner.index(items.len()));
        }
        (1, Value::Array(items)) => items.push(value),
        (_, target) => *target = value,
    }
}

/// Writes the value, its first member twice where `repeat` says so.
fn written(value: &Value, repeat: bool) -> String {
    let text = value.to_string();
    let Some((name, member)) = value.as_object().and_then(|members| members.iter().next()) else {
        return text;
    };
    if !repeat {
        return text;
    }
    format!("{{{}:{member},{}", Value::from(name.as_str()), &text[1..])
}
