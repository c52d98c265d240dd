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
mod part;
mod place;
mod found;
mod order;

use std::collections::HashMap;
use std::rc::Rc;

use serde_json::{Map, Value};

use super::instance::{Instance, Step};
use super::shape::Kinds;
use branch::Plan;
use part::Part;
use place::{Place, Token};
use words::{Hints, one_of, plain, wrong_kind};

pub(crate) use found::{Found, MOST_POINTER};
pub use found::{MOST_FAULTS, Violation};

/// Deeper values are left alone; `serde_json` refuses them anyway.
const MOST_LEVELS: usize = 128;

/// Untagged enums inside untagged enums multiply, so that a small value can ask for endless work.
const MOST_STEPS: usize = 500_000;

/// A client decides what its refusal costs, and gets less.
const MOST_STEPS_OF_A_REFUSAL: usize = 100_000;

/// Lists everything that is wrong with `instance`, in the order of the document.
///
/// `schema` is the part that applies and `root` the document its references point into; they may
/// be the same. A missing member is reported at the place where it should be.
pub fn check(schema: &Value, root: &Value, instance: &Value) -> Vec<Violation> {
    let mut checker = Checker::new(root, None, MOST_STEPS);
    checker.check(schema, instance);
    checker.found.told(instance)
}

/// Finds what [`check()`] finds, in a value that a client sent.
pub(super) fn find(schema: &Value, root: &Value, instance: &Instance<'_>) -> Found {
    let mut checker = Checker::new(root, instance.end.as_deref(), MOST_STEPS_OF_A_REFUSAL);
    checker.check(schema, &instance.value);
    checker.found
}

/// A walk along a schema and a value at the same time.
struct Checker<'a, 'v> {
    root: &'a Value,
    /// The parts of the schema that were met.
    parts: HashMap<*const Map<String, Value>, Rc<Part<'a>>>,
    /// How to choose between branches, for each kind of value that was met.
    plans: HashMap<(*const Value, Kinds), Rc<Plan<'a>>>,
    /// Where the value in hand is.
    place: Place<'v>,
    /// Measures the work: about as many as parts of the schema were held against a value.
    steps: usize,
    most_steps: usize,
    /// The pairs of schema and value being checked: meeting one again is a cycle.
    open: Vec<(*const Value, *const Value)>,
    hints: Hints,
    found: Found,
}

impl<'a: 'v, 'v> Checker<'a, 'v> {
    fn new(root: &'a Value, end: Option<&'v [Step]>, most_steps: usize) -> Self {
        Self {
            root,
            parts: HashMap::new(),
            plans: HashMap::new(),
            place: Place::new(end),
            steps: 0,
            most_steps,
            open: Vec::new(),
            hints: Hints::new(),
            found: Found::new(),
        }
    }

    fn check(&mut self, schema: &'a Value, instance: &'v Value) {
        match schema {
            Value::Bool(false) => self.fault("not", &mut |_| "is not allowed here".to_owned()),
            Value::Object(own) => self.once(schema, instance, |checker| {
                let part = checker.part(own);
                checker.check_part(&part, instance);
            }),
            _ => {}
        }
    }

    fn part(&mut self, own: &'a Map<String, Value>) -> Rc<Part<'a>> {
        let root = self.root;
        let part = self.parts.entry(&raw const *own);
        Rc::clone(part.or_insert_with(|| Rc::new(Part::read(own, root))))
    }

    /// Runs `step` unless this very pair is already being checked, or enough has been done.
    fn once(&mut self, schema: &Value, instance: &Value, step: impl FnOnce(&mut Self)) {
        let pair = (&raw const *schema, &raw const *instance);
        let same_value = self.open.iter().rev().take_while(|open| open.1 == pair.1);
        let is_cycle = same_value.into_iter().any(|open| open.0 == pair.0);
        self.spend(1);
        if is_cycle || self.is_over() {
            return;
        }
        self.open.push(pair);
        step(self);
        self.open.pop();
    }

    fn check_part(&mut self, part: &Part<'a>, instance: &'v Value) {
        if self.is_of_another_kind(part, instance) || self.is_none_of_the_choices(part, instance) {
            return; // its limits were written for something else
        }
        self.check_parts(part, instance);
        match instance {
            Value::String(text) => self.check_text(part, text),
            Value::Number(number) => self.check_number(part, number),
            Value::Array(items) => self.check_list(part, items),
            Value::Object(members) => self.check_object(part, members, instance),
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn check_parts(&mut self, part: &Part<'a>, instance: &'v Value) {
        for composed in part.target.into_iter().chain(part.all_of) {
            self.check(composed, instance);
        }
        // What was not read to its end would fit no branch for that reason alone.
        if self.place.is_unfinished() {
            return;
        }
        for branches in &part.branches {
            self.check_branches(branches, instance);
        }
        if let Some(forbidden) = part.forbidden {
            self.check_not(forbidden, instance);
        }
    }

    fn is_of_another_kind(&mut self, part: &Part<'_>, instance: &Value) -> bool {
        let Some(expected) = part.kinds.filter(|kinds| !kinds.meets(Kinds::of(instance))) else {
            return false;
        };
        self.fault_in_own_words(part, "type", &mut |_| wrong_kind(expected, instance));
        true
    }

    fn is_none_of_the_choices(&mut self, part: &Part<'_>, instance: &Value) -> bool {
        if self.place.is_unfinished() {
            return false;
        }
        if let Some(only) = part.only.filter(|only| *only != instance) {
            self.fault_in_own_words(part, "const", &mut |_| format!("must be {}", plain(only)));
            return true;
        }
        let Some(choices) = part.choices else { return false };
        self.spend(choices.len() / COMPARED_PER_STEP);
        let is_none = !choices.contains(instance);
        if is_none {
            self.fault_in_own_words(part, "enum", &mut |hints| {
                one_of(&mut choices.iter(), instance, hints)
            });
        }
        is_none
    }

    fn check_not(&mut self, forbidden: &'a Value, instance: &'v Value) {
        // Whoever ran out of steps has found no fault, and knows nothing.
        if !self.accepts(forbidden, instance) || self.is_exhausted() {
            return;
        }
        self.fault("not", &mut |_| match forbidden.get("const") {
            Some(value) => format!("must not be {}", plain(value)),
            None => "is not allowed here".to_owned(),
        });
    }

    /// Whether the schema finds nothing wrong; ends at the first fault.
    fn accepts(&mut self, schema: &'a Value, instance: &'v Value) -> bool {
        self.apart(schema, instance, Found::silent()).is_empty()
    }

    /// What the schema finds wrong, kept apart from what was found so far.
    fn apart(&mut self, schema: &'a Value, instance: &'v Value, found: Found) -> Found {
        let outside = std::mem::replace(&mut self.found, found);
        self.check(schema, instance);
        std::mem::replace(&mut self.found, outside)
    }

    /// Runs `step` one level deeper, at the member or item called `token`.
    fn within(&mut self, token: Token<'v>, step: impl FnOnce(&mut Self)) {
        if self.place.depth() == MOST_LEVELS {
            return;
        }
        self.place.enter(token);
        step(self);
        self.place.leave();
    }

    fn fault(&mut self, code: &'static str, message: &mut dyn FnMut(&mut Hints) -> String) {
        let length = self.place.length();
        if !self.found.has_room(length) {
            return self.found.leave_out(|| self.place.above());
        }
        self.spend(1 + length / LETTERS_PER_STEP);
        let pointer = self.place.pointer();
        self.found.add(Violation { pointer, code, message: message(&mut self.hints) });
    }

    fn fault_in_own_words(
        &mut self,
        part: &Part<'_>,
        code: &'static str,
        otherwise: &mut dyn FnMut(&mut Hints) -> String,
    ) {
        let own = part.own_words;
        self.fault(code, &mut |hints| own.map_or_else(|| otherwise(hints), str::to_owned));
    }

    fn spend(&mut self, steps: usize) {
        self.steps += steps;
    }

    fn is_exhausted(&self) -> bool {
        self.steps > self.most_steps
    }

    /// Whether there is nothing left to do: the list is full, or there are no steps left.
    fn is_over(&self) -> bool {
        self.found.is_full() || self.is_exhausted()
    }
}

/// Simple comparisons cost less than a part of a schema, and so does looking at text.
const COMPARED_PER_STEP: usize = 8;
const LETTERS_PER_STEP: usize = 256;

#[cfg(test)]
mod tests;
