//! From text to JSON: what a query string, a form or a variable means, going by the schema.
//!
//! The schema decides, never the look of the text: `5` for a text property stays text. And nothing
//! is bent until it fits: text that is no valid number stays text, so that [`check()`](super::check())
//! says so.
//!
//! | the schema allows | the text becomes |
//! |---|---|
//! | text | itself |
//! | a whole number, a number | the number, if it is one |
//! | true or false | `true`, `false`, and `on`, `off` as checkboxes send |
//! | null, and the text is empty and no valid text | null |
//! | several of these | text if the schema finds nothing wrong with it, else the first that fits |

use std::borrow::Cow;

use serde_json::{Map, Number, Value};

use super::check;
use super::shape::{self, Kinds};

/// Builds the object that the pairs of a query string or form mean.
///
/// A property that is a list takes all values of its name. A name that repeats without being a list
/// becomes one all the same, so that the fault shows; nothing is dropped silently. Unknown names
/// are kept as text.
pub(crate) fn object_from_pairs<'a>(
    pairs: impl Iterator<Item = (Cow<'a, str>, Cow<'a, str>)>,
    schema: &Value,
    root: &Value,
) -> Value {
    gather(pairs.collect(), schema, root)
}

/// Reads one value: a path parameter, a header, an environment variable.
pub(crate) fn scalar(text: &str, schema: &Value, root: &Value) -> Value {
    let kinds = shape::kinds(schema, root);
    let as_text = || Value::from(text);
    if !kinds.meets(Kinds::STRING) {
        return without_text(text, kinds).unwrap_or_else(as_text);
    }
    let is_only_text = kinds == Kinds::STRING || kinds == Kinds::ANY;
    if is_only_text || check(schema, root, &as_text()).is_empty() {
        return as_text();
    }
    let fits = |value: &Value| check(schema, root, value).is_empty();
    without_text(text, kinds).filter(fits).unwrap_or_else(as_text)
}

type Pair<'a> = (Cow<'a, str>, Cow<'a, str>);

fn gather(pairs: Vec<Pair<'_>>, schema: &Value, root: &Value) -> Value {
    let mut members: Map<String, Value> = Map::new();
    for (name, text) in pairs {
        let property = shape::member(schema, root, &name).unwrap_or(&Value::Bool(true));
        match members.get_mut(&*name) {
            Some(Value::Array(items)) => {
                let item = shape::item(property, root, items.len()).unwrap_or(property);
                items.push(scalar(&text, item, root));
            }
            Some(first) => {
                let item = shape::item(property, root, 1).unwrap_or(property);
                let second = scalar(&text, item, root);
                *first = Value::Array(vec![first.take(), second]);
            }
            None => {
                members.insert(name.into_owned(), first_of_its_name(&text, property, root));
            }
        }
    }
    Value::Object(members)
}

fn first_of_its_name(text: &str, property: &Value, root: &Value) -> Value {
    let kinds = shape::kinds(property, root);
    if !kinds.meets(Kinds::ARRAY) || kinds.meets(Kinds::STRING) {
        return scalar(text, property, root);
    }
    let item = shape::item(property, root, 0).unwrap_or(&Value::Bool(true));
    Value::Array(vec![scalar(text, item, root)])
}

/// The number, boolean or null that the text spells, of those that are allowed.
fn without_text(text: &str, kinds: Kinds) -> Option<Value> {
    if text.is_empty() {
        return kinds.meets(Kinds::NULL).then_some(Value::Null);
    }
    let as_number = kinds.meets(Kinds::NUMBER).then(|| number(text, kinds));
    let as_boolean = kinds.meets(Kinds::BOOLEAN).then(|| boolean(text));
    as_number.flatten().or_else(|| as_boolean.flatten())
}

/// Decimal numbers only: Rust would also read `inf`, `nan` and `+1`. A browser sends `.5` as it was
/// typed (HTML Living Standard §2.3.4.3).
fn number(text: &str, kinds: Kinds) -> Option<Value> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let first = digits.strip_prefix('.').unwrap_or(digits);
    if !first.starts_with(|letter: char| letter.is_ascii_digit()) {
        return None;
    }
    if let Ok(whole) = text.parse::<i64>() {
        return Some(whole.into());
    }
    if let Ok(whole) = text.parse::<u64>() {
        return Some(whole.into());
    }
    // Too many digits are still a whole number: its limits are the fault to tell, not its kind.
    let is_whole = digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_whole && !kinds.meets(Kinds::FRACTION) {
        return None;
    }
    Number::from_f64(text.parse().ok()?).map(Value::Number)
}

fn boolean(text: &str) -> Option<Value> {
    match text {
        "true" | "on" => Some(true.into()),
        "false" | "off" => Some(false.into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn form(query: &str, schema: &Value) -> Value {
        let pairs = query.split('&').map(|pair| {
            let (name, text) = pair.split_once('=').unwrap();
            (Cow::Borrowed(name), Cow::Borrowed(text))
        });
        object_from_pairs(pairs, schema, schema)
    }

    #[test]
    fn each_property_gets_what_its_schema_asks_for() {
        let schema = json!({
            "properties": {
                "q": {"type": "string"},
                "page": {"$ref": "#/$defs/Page"},
                "ratio": {"type": ["number", "null"]},
                "open": {"type": "boolean"},
                "tags": {"type": "array", "items": {"type": "string"}},
                "ids": {"anyOf": [{"type": "array", "items": {"type": "integer"}}, {"type": "null"}]},
            },
            "$defs": {"Page": {"type": "integer", "minimum": 1}},
        });
        assert_eq!(
            form("q=5&page=2&ratio=0.5&open=on&tags=7&ids=1&ids=x&ids=3&other=9", &schema),
            json!({
                "q": "5", "page": 2, "ratio": 0.5, "open": true,
                "tags": ["7"], "ids": [1, "x", 3], "other": "9",
            }),
        );
        assert_eq!(
            form("page=two&ratio=&page=3&other=1&other=2", &schema),
            json!({"page": ["two", 3], "ratio": null, "other": ["1", "2"]}),
        );
    }

    #[test]
    fn empty_text_is_null_only_where_it_is_not_valid_text() {
        let of = |schema: Value| scalar("", &schema, &schema);
        assert_eq!(of(json!({"type": ["integer", "null"]})), Value::Null);
        assert_eq!(of(json!({"type": ["string", "null"]})), json!(""));
        assert_eq!(of(json!({"type": ["string", "null"], "format": "email"})), Value::Null);
        assert_eq!(of(json!({"type": ["string", "null"], "enum": ["a", null]})), Value::Null);
        assert_eq!(of(json!({"type": "integer"})), json!(""));
    }

    #[test]
    fn only_decimal_numbers_are_numbers() {
        let whole = json!({"type": "integer"});
        let any = json!({"type": "number"});
        for text in ["+1", "inf", "NaN", "1_000", "0x10", " 1", "1e", ".", "-.", "..5", ".e1"] {
            assert_eq!(scalar(text, &any, &any), json!(text), "{text}");
        }
        assert_eq!(scalar("007", &whole, &whole), json!(7));
        assert_eq!(scalar("-3", &whole, &whole), json!(-3));
        assert_eq!(scalar("1.5", &whole, &whole), json!("1.5"));
        assert_eq!(scalar("1e3", &any, &any), json!(1000.0));
        assert_eq!(scalar(".5", &any, &any), json!(0.5));
        assert_eq!(scalar("-.5", &any, &any), json!(-0.5));
        assert_eq!(scalar(".5", &whole, &whole), json!(".5"));
        assert_eq!(scalar("99999999999999999999", &whole, &whole), json!(1e20));
    }

    #[test]
    fn one_or_many_is_either() {
        let schema = json!({"properties": {"tag": {"anyOf": [
            {"type": "string"},
            {"type": "array", "items": {"type": "string"}},
        ]}}});
        assert_eq!(form("tag=a", &schema), json!({"tag": "a"}));
        assert_eq!(form("tag=a&tag=b&tag=c", &schema), json!({"tag": ["a", "b", "c"]}));
    }

    #[test]
    fn a_choice_of_kinds_prefers_text_that_fits() {
        let schema = json!({"anyOf": [{"type": "integer"}, {"const": "auto"}]});
        assert_eq!(scalar("auto", &schema, &schema), json!("auto"));
        assert_eq!(scalar("4", &schema, &schema), json!(4));
        assert_eq!(scalar("four", &schema, &schema), json!("four"));
        assert_eq!(scalar("4", &Value::Bool(true), &schema), json!("4"));
    }
}
