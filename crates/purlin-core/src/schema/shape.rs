//! The shape of a schema: which kinds of JSON it allows, which members and items it knows.
//!
//! A schema says this in many ways (directly, behind a `$ref`, spread over `allOf`, as one branch
//! of `anyOf`). Everything here looks through all of them, so that its callers need not.

use std::collections::HashSet;
use std::ops::{BitAnd, BitOr};
use std::str::Chars;

use serde_json::{Map, Value};

/// How many parts of one schema are looked at: enough for any enum, and an end for the absurd.
const MOST_LAYERS: usize = 1_000;

/// A set of the kinds of JSON values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Kinds(u8);

impl Kinds {
    pub(crate) const ANY: Self = Self(0b111_1111);
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const STRING: Self = Self(1);
    pub(crate) const INTEGER: Self = Self(1 << 1);
    pub(crate) const FRACTION: Self = Self(1 << 2);
    pub(crate) const BOOLEAN: Self = Self(1 << 3);
    pub(crate) const ARRAY: Self = Self(1 << 4);
    pub(crate) const OBJECT: Self = Self(1 << 5);
    pub(crate) const NULL: Self = Self(1 << 6);
    pub(crate) const NUMBER: Self = Self(Self::INTEGER.0 | Self::FRACTION.0);

    /// What one value is.
    ///
    /// `1.0` is a whole number as much as `1` is (draft 2020-12, core §4.2.3).
    pub(crate) fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::NULL,
            Value::Bool(_) => Self::BOOLEAN,
            Value::Number(number) if number.is_i64() || number.is_u64() => Self::INTEGER,
            Value::Number(number) if number.as_f64().is_some_and(is_whole) => Self::NUMBER,
            Value::Number(_) => Self::FRACTION,
            Value::String(_) => Self::STRING,
            Value::Array(_) => Self::ARRAY,
            Value::Object(_) => Self::OBJECT,
        }
    }

    /// What the keyword `type` allows: one name, or a list of them.
    pub(crate) fn named(names: &Value) -> Self {
        match names {
            Value::String(name) => Self::named_one(name),
            Value::Array(names) => any_of(names, &mut Self::named),
            _ => Self::ANY,
        }
    }

    fn named_one(name: &str) -> Self {
        match name {
            "string" => Self::STRING,
            "integer" => Self::INTEGER,
            "number" => Self::NUMBER,
            "boolean" => Self::BOOLEAN,
            "array" => Self::ARRAY,
            "object" => Self::OBJECT,
            "null" => Self::NULL,
            _ => Self::ANY,
        }
    }

    pub(crate) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Says what is expected, as on a form: `text or null`.
    pub(crate) fn in_words(self) -> String {
        let mut words = Vec::new();
        let all = [
            (Self::STRING, "text"),
            (Self::FRACTION, "a number"),
            (Self::INTEGER, "a whole number"),
            (Self::BOOLEAN, "true or false"),
            (Self::ARRAY, "a list"),
            (Self::OBJECT, "an object"),
            (Self::NULL, "null"),
        ];
        for (kind, word) in all {
            let is_said = kind == Self::INTEGER && self.meets(Self::FRACTION);
            if self.meets(kind) && !is_said {
                words.push(word);
            }
        }
        words.join(" or ")
    }
}

impl BitOr for Kinds {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitAnd for Kinds {
    type Output = Self;
    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

/// Follows a `$ref` into `root`; a reference that leads nowhere allows everything.
pub(crate) fn target<'a>(reference: &str, root: &'a Value) -> &'a Value {
    const ANYTHING: &Value = &Value::Bool(true);
    let Some(fragment) = reference.strip_prefix('#') else {
        return ANYTHING;
    };
    let pointer = percent_encoding::percent_decode_str(fragment).decode_utf8_lossy();
    root.pointer(&pointer).unwrap_or(ANYTHING)
}

/// Which kinds of values the schema allows.
pub(crate) fn kinds(schema: &Value, root: &Value) -> Kinds {
    kinds_within(schema, root, &mut Vec::new())
}

/// `open` holds the references being followed: one that leads back to itself says nothing.
fn kinds_within<'a>(schema: &'a Value, root: &'a Value, open: &mut Vec<&'a str>) -> Kinds {
    let rules = match schema {
        Value::Bool(false) => return Kinds::NONE,
        Value::Object(rules) => rules,
        _ => return Kinds::ANY,
    };
    let mut kinds = Kinds::ANY;
    for (keyword, rule) in rules {
        kinds = kinds
            & match keyword.as_str() {
                "type" => Kinds::named(rule),
                "const" => Kinds::of(rule),
                "enum" => any_of(each(rule), &mut Kinds::of),
                "$ref" => rule
                    .as_str()
                    .map_or(Kinds::ANY, |reference| kinds_of_target(reference, root, open)),
                "anyOf" | "oneOf" => {
                    any_of(each(rule), &mut |branch| kinds_within(branch, root, open))
                }
                "allOf" => {
                    let parts = each(rule).iter();
                    parts.fold(Kinds::ANY, |all, part| all & kinds_within(part, root, open))
                }
                _ => Kinds::ANY,
            };
    }
    kinds
}

fn kinds_of_target<'a>(reference: &'a str, root: &'a Value, open: &mut Vec<&'a str>) -> Kinds {
    if open.contains(&reference) {
        return Kinds::ANY;
    }
    open.push(reference);
    let kinds = kinds_within(target(reference, root), root, open);
    open.pop();
    kinds
}

/// What one of the values or schemas allows.
fn any_of<'a>(values: &'a [Value], kinds_of: &mut dyn FnMut(&'a Value) -> Kinds) -> Kinds {
    values.iter().fold(Kinds::NONE, |any, value| any | kinds_of(value))
}

/// The rules of a schema and of everything it is composed of, outermost first.
pub(crate) fn layers<'a>(schema: &'a Value, root: &'a Value) -> Vec<&'a Map<String, Value>> {
    schema.as_object().map(|rules| layers_of(rules, root)).unwrap_or_default()
}

fn layers_of<'a>(rules: &'a Map<String, Value>, root: &'a Value) -> Vec<&'a Map<String, Value>> {
    let mut found: Vec<&Map<String, Value>> = Vec::new();
    let mut known = HashSet::new();
    let mut waiting = vec![rules];
    while let Some(rules) = waiting.pop() {
        if found.len() == MOST_LAYERS || !known.insert(&raw const *rules) {
            continue;
        }
        found.push(rules);
        // The last one is looked at first.
        for keyword in ["oneOf", "anyOf", "allOf"] {
            for part in list_under(rules, keyword).iter().rev() {
                if let Value::Object(rules) = part {
                    waiting.push(rules);
                }
            }
        }
        if let Some(Value::Object(rules)) = reference(rules).map(|name| target(name, root)) {
            waiting.push(rules);
        }
    }
    found
}

/// The names of the properties that `rules` and everything they are composed of know.
pub(crate) fn names<'a>(rules: &'a Map<String, Value>, root: &'a Value) -> Vec<&'a str> {
    let mut names = Vec::new();
    for (name, _) in named_in(layers_of(rules, root)) {
        names.push(name);
    }
    names
}

/// The named properties of an object schema, in the order of the layers.
pub(crate) fn properties<'a>(schema: &'a Value, root: &'a Value) -> Vec<(&'a str, &'a Value)> {
    named_in(layers(schema, root))
}

fn named_in(layers: Vec<&Map<String, Value>>) -> Vec<(&str, &Value)> {
    let mut named = Vec::new();
    for rules in layers {
        if let Some(Value::Object(properties)) = rules.get("properties") {
            for (name, schema) in properties {
                named.push((name.as_str(), schema));
            }
        }
    }
    named
}

/// The schema of one member: its own property, else what the schema says about all others.
pub(crate) fn member<'a>(schema: &'a Value, root: &'a Value, name: &str) -> Option<&'a Value> {
    let layers = layers(schema, root);
    let own = layers.iter().find_map(|rules| rules.get("properties")?.get(name));
    own.or_else(|| other_members_in(&layers))
}

/// The schema of the members without a name of their own, if it is more than "anything".
pub(crate) fn other_members<'a>(schema: &'a Value, root: &'a Value) -> Option<&'a Value> {
    other_members_in(&layers(schema, root))
}

fn other_members_in<'a>(layers: &[&'a Map<String, Value>]) -> Option<&'a Value> {
    layers.iter().find_map(|rules| {
        let patterns = rules.get("patternProperties").and_then(Value::as_object);
        let schema = patterns
            .and_then(|patterns| patterns.values().next())
            .or_else(|| rules.get("additionalProperties"))
            .or_else(|| rules.get("unevaluatedProperties"));
        schema.filter(|schema| schema.is_object())
    })
}

/// Whether an object may have members that the schema does not name.
///
/// Only where the schema says so, as it does for maps: by the standard, silence would allow them.
pub(crate) fn takes_other_members(schema: &Value, root: &Value) -> bool {
    let layers = layers(schema, root);
    let allows = |rest: Option<&Value>| rest.is_some_and(|rest| *rest != Value::Bool(false));
    other_members_in(&layers).is_some()
        || layers.iter().any(|rules| {
            allows(rules.get("additionalProperties")) || allows(rules.get("unevaluatedProperties"))
        })
}

/// The schema of the item at `index`.
pub(crate) fn item<'a>(schema: &'a Value, root: &'a Value, index: usize) -> Option<&'a Value> {
    layers(schema, root).iter().find_map(|rules| {
        let prefix = rules.get("prefixItems").and_then(Value::as_array);
        prefix.and_then(|prefix| prefix.get(index)).or_else(|| rules.get("items"))
    })
}

/// The `$ref` of a schema.
pub(crate) fn reference(rules: &Map<String, Value>) -> Option<&str> {
    rules.get("$ref")?.as_str()
}

/// The elements of a list of schemas or values.
pub(crate) fn each(list: &Value) -> &[Value] {
    list.as_array().map_or(&[], Vec::as_slice)
}

/// The elements of the list under a keyword; none where there is no list.
pub(crate) fn list_under<'a>(rules: &'a Map<String, Value>, keyword: &str) -> &'a [Value] {
    rules.get(keyword).map_or(&[], each)
}

/// Whether two names differ only in case, `_` and `-`, as names do across `rename_all`.
pub(crate) fn is_alike(known: &str, name: &str) -> bool {
    let (mut known, mut name) = (known.chars(), name.chars());
    loop {
        match (next_letter(&mut known), next_letter(&mut name)) {
            (None, None) => return true,
            (Some(one), Some(other)) if one.to_lowercase().eq(other.to_lowercase()) => {}
            _ => return false,
        }
    }
}

fn next_letter(name: &mut Chars<'_>) -> Option<char> {
    name.find(|letter| !matches!(letter, '_' | '-'))
}

fn is_whole(number: f64) -> bool {
    number.fract() == 0.0
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn kinds_look_through_references_and_compositions() {
        let root = json!({"$defs": {"A": {"type": "integer"}, "L": {"$ref": "#/$defs/L"}}});
        let of = |schema: Value| kinds(&schema, &root).in_words();
        assert_eq!(of(json!({"$ref": "#/$defs/A"})), "a whole number");
        let nullable = json!({"anyOf": [{"$ref": "#/$defs/A"}, {"type": "null"}]});
        assert_eq!(of(nullable), "a whole number or null");
        assert_eq!(of(json!({"type": ["string", "number"]})), "text or a number");
        assert_eq!(of(json!({"enum": ["a", null]})), "text or null");
        assert_eq!(kinds(&json!({"$ref": "#/$defs/L"}), &root), Kinds::ANY);
        assert_eq!(kinds(&json!(true), &root), Kinds::ANY);
    }

    #[test]
    fn a_member_is_found_wherever_the_schema_mentions_it() {
        let root = json!({"$defs": {"Page": {"properties": {"page": {"type": "integer"}}}}});
        let schema = json!({
            "allOf": [{"$ref": "#/$defs/Page"}],
            "properties": {"q": {"type": "string"}},
            "additionalProperties": {"type": "boolean"},
        });
        let kind = |name| member(&schema, &root, name).map(|found| kinds(found, &root));
        assert_eq!(kind("page"), Some(Kinds::INTEGER));
        assert_eq!(kind("q"), Some(Kinds::STRING));
        assert_eq!(kind("other"), Some(Kinds::BOOLEAN));
    }

    #[test]
    fn a_reference_may_be_percent_encoded() {
        let root = json!({"$defs": {"A/B <x>": {"type": "null"}}});
        assert_eq!(target("#/$defs/A~1B%20%3Cx%3E", &root), &json!({"type": "null"}));
    }
}
