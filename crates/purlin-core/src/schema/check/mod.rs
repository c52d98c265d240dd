//! Checking a value against a schema, and saying everything that is wrong with it.
//!
//! Understands the keywords that `schemars` writes for derived and standard types (draft 2020-12);
//! the others are ignored, which is what the standard asks for. `oneOf` is read as `anyOf`: serde
//! takes the first variant that fits and does not look further.
//!
//! A schema may carry its own words: where it has `x-message`, a wrong kind, pattern or format is
//! reported with that sentence instead of ours. With schemars:
//! `#[schemars(extend("x-message" = "must be a duration with a unit, like 30s"))]`.

mod branch;
mod object;
mod list;
mod number;
mod text;
mod words;
mod order;

use serde_json::{Map, Value};

use super::pointer;
use super::shape::{self, Kinds, each};
use words::{one_of, plain, wrong_kind};

pub(crate) use order::by_document;

/// A list of faults ends here; whoever sent that many needs no more to see what happened.
pub const MOST_FAULTS: usize = 100;

/// Deeper values are left alone; `serde_json` refuses them anyway.
const MOST_LEVELS: usize = 128;

/// Untagged enums inside untagged enums multiply, so that a small body can ask for endless work.
const MOST_STEPS: usize = 500_000;

/// One thing that is wrong with a value, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Where, as a JSON pointer (RFC 6901); empty for the whole value.
    pub pointer: String,
    /// Which rule, in words that do not change: `required`, `type`, `min_length`, …
    pub code: &'static str,
    /// What is wrong, as it would stand next to the field of a form: `must be at least 1`.
    pub message: String,
}

/// Lists everything that is wrong with `instance`, in the order of the document.
///
/// `schema` is the part that applies and `root` the document its references point into; they may
/// be the same. A missing member is reported at the place where it should be.
///
/// ```
/// use serde_json::json;
///
/// let schema = json!({
///     "properties": {"price": {"type": "number", "minimum": 0}},
///     "required": ["price", "name"],
/// });
/// let faults = purlin_core::schema::check(&schema, &schema, &json!({"price": -1}));
/// let told: Vec<_> = faults.iter().map(|fault| (&*fault.pointer, fault.code)).collect();
/// assert_eq!(told, [("/price", "minimum"), ("/name", "required")]);
/// assert_eq!(faults[0].message, "must be at least 0");
/// ```
pub fn check(schema: &Value, root: &Value, instance: &Value) -> Vec<Violation> {
    let mut checker = Checker::new(root);
    checker.check(schema, instance);
    by_document(checker.found, instance)
}

/// A walk along a schema and a value at the same time.
struct Checker<'a> {
    root: &'a Value,
    /// The pointer to the value in hand.
    place: String,
    level: usize,
    steps: usize,
    /// The pairs of schema and value being checked: meeting one again is a cycle.
    open: Vec<(*const Value, *const Value)>,
    found: Vec<Violation>,
}

impl<'a> Checker<'a> {
    fn new(root: &'a Value) -> Self {
        Self { root, place: String::new(), level: 0, steps: 0, open: Vec::new(), found: Vec::new() }
    }

    fn check(&mut self, schema: &'a Value, instance: &Value) {
        match schema {
            Value::Bool(false) => self.fault("not", "is not allowed here"),
            Value::Object(rules) => self.once(schema, instance, |checker| {
                checker.check_rules(rules, instance);
            }),
            _ => {}
        }
    }

    /// Runs `step` unless this very pair is already being checked, or enough has been done.
    fn once(&mut self, schema: &Value, instance: &Value, step: impl FnOnce(&mut Self)) {
        let pair = (&raw const *schema, &raw const *instance);
        let same_value = self.open.iter().rev().take_while(|open| open.1 == pair.1);
        let is_cycle = same_value.into_iter().any(|open| open.0 == pair.0);
        self.steps += 1;
        if is_cycle || self.steps > MOST_STEPS || self.is_full() {
            return;
        }
        self.open.push(pair);
        step(self);
        self.open.pop();
    }

    fn check_rules(&mut self, rules: &'a Map<String, Value>, instance: &Value) {
        if self.is_of_another_kind(rules, instance) || self.is_none_of_the_choices(rules, instance)
        {
            return; // its limits were written for something else
        }
        self.check_parts(rules, instance);
        match instance {
            Value::String(text) => self.check_text(rules, text),
            Value::Number(number) => self.check_number(rules, number),
            Value::Array(items) => self.check_list(rules, items),
            Value::Object(members) => self.check_object(rules, members, instance),
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn check_parts(&mut self, rules: &'a Map<String, Value>, instance: &Value) {
        let root = self.root;
        if let Some(reference) = shape::reference(rules) {
            self.check(shape::target(reference, root), instance);
        }
        for part in rules.get("allOf").into_iter().flat_map(each) {
            self.check(part, instance);
        }
        for keyword in ["anyOf", "oneOf"] {
            if let Some(Value::Array(branches)) = rules.get(keyword) {
                self.check_branches(branches, instance);
            }
        }
        if let Some(forbidden) = rules.get("not") {
            self.check_not(forbidden, instance);
        }
    }

    fn is_of_another_kind(&mut self, rules: &Map<String, Value>, instance: &Value) -> bool {
        let Some(names) = rules.get("type") else {
            return false;
        };
        // A list of choices says more than the kind they share.
        let has_choices = rules.contains_key("enum") || rules.contains_key("const");
        let expected = Kinds::named(names);
        if has_choices || expected.meets(Kinds::of(instance)) {
            return false;
        }
        self.fault_in_own_words(rules, "type", || wrong_kind(expected, instance));
        true
    }

    fn is_none_of_the_choices(&mut self, rules: &Map<String, Value>, instance: &Value) -> bool {
        if let Some(only) = rules.get("const")
            && only != instance
        {
            self.fault_in_own_words(rules, "const", || format!("must be {}", plain(only)));
            return true;
        }
        if let Some(Value::Array(choices)) = rules.get("enum")
            && !choices.contains(instance)
        {
            self.fault_in_own_words(rules, "enum", || one_of(choices.iter(), instance));
            return true;
        }
        false
    }

    fn check_not(&mut self, forbidden: &'a Value, instance: &Value) {
        if !self.accepts(forbidden, instance) {
            return;
        }
        let message = match forbidden.get("const") {
            Some(value) => format!("must not be {}", plain(value)),
            None => "is not allowed here".to_owned(),
        };
        self.fault("not", message);
    }

    /// Whether the schema finds nothing wrong.
    fn accepts(&mut self, schema: &'a Value, instance: &Value) -> bool {
        self.faults(schema, instance).is_empty()
    }

    /// What the schema finds wrong, kept apart from what was found so far.
    fn faults(&mut self, schema: &'a Value, instance: &Value) -> Vec<Violation> {
        let outside = std::mem::take(&mut self.found);
        self.check(schema, instance);
        std::mem::replace(&mut self.found, outside)
    }

    /// Runs `step` one level deeper, at the member or item called `token`.
    fn within(&mut self, token: &str, step: impl FnOnce(&mut Self)) {
        if self.level == MOST_LEVELS {
            return;
        }
        let end = self.place.len();
        pointer::push(&mut self.place, token);
        self.level += 1;
        step(self);
        self.level -= 1;
        self.place.truncate(end);
    }

    fn fault(&mut self, code: &'static str, message: impl Into<String>) {
        if self.is_full() {
            return;
        }
        let violation = Violation { pointer: self.place.clone(), code, message: message.into() };
        // Two parts of one schema may state the same rule.
        if !self.found.contains(&violation) {
            self.found.push(violation);
        }
    }

    fn fault_in_own_words(
        &mut self,
        rules: &Map<String, Value>,
        code: &'static str,
        otherwise: impl FnOnce() -> String,
    ) {
        let own = rules.get("x-message").and_then(Value::as_str);
        self.fault(code, own.map_or_else(otherwise, str::to_owned));
    }

    fn is_full(&self) -> bool {
        self.found.len() >= MOST_FAULTS
    }
}

#[cfg(test)]
mod tests;
