//! Objects: which members there must be, may be and may not be.

use std::collections::HashSet;
use std::mem::take;

use serde_json::{Map, Value};

use super::super::shape::{self, list_under};
use super::part::{Part, limit};
use super::place::Token;
use super::text::Pattern;
use super::words::count;
use super::{Checker, Found, LETTERS_PER_STEP};

type Members = Map<String, Value>;

/// What a schema says about the members of an object.
#[derive(Debug)]
pub(super) struct ObjectRules<'a> {
    properties: Option<&'a Map<String, Value>>,
    patterns: Vec<(Pattern<'a>, &'a Value)>,
    additional: Option<&'a Value>,
    unevaluated: Option<&'a Value>,
    names: Option<&'a Value>,
    required: Vec<&'a str>,
    least: Option<u64>,
    most: Option<u64>,
}

impl<'a> ObjectRules<'a> {
    pub(super) fn read(rules: &'a Map<String, Value>) -> Self {
        let under = |keyword: &str| rules.get(keyword).and_then(Value::as_object);
        let mut patterns = Vec::new();
        if let Some(schemas) = under("patternProperties") {
            for (pattern, schema) in schemas {
                patterns.push((Pattern::new(pattern), schema));
            }
        }
        Self {
            properties: under("properties"),
            patterns,
            additional: rules.get("additionalProperties"),
            unevaluated: rules.get("unevaluatedProperties"),
            names: rules.get("propertyNames"),
            required: list_under(rules, "required").iter().filter_map(Value::as_str).collect(),
            least: limit(rules, "minProperties"),
            most: limit(rules, "maxProperties"),
        }
    }

    /// The schemas in `properties` and `patternProperties` that apply to the member.
    fn speaking_of(&self, name: &str) -> impl Iterator<Item = &'a Value> {
        let own = self.properties.and_then(|properties| properties.get(name));
        let patterns = self.patterns.iter().filter(move |(pattern, _)| pattern.is_in(name));
        own.into_iter().chain(patterns.map(|&(_, schema)| schema))
    }

    fn speaks_of(&self, name: &str) -> bool {
        self.additional.is_some() || self.speaking_of(name).next().is_some()
    }
}

impl<'a: 'v, 'v> Checker<'a, 'v> {
    pub(super) fn check_object(
        &mut self,
        part: &Part<'a>,
        members: &'v Members,
        instance: &'v Value,
    ) {
        if !self.place.is_unfinished() {
            self.check_number_of_members(&part.object, members);
            self.check_required(&part.object, members);
        }
        let rest = part.object.unevaluated;
        let rest = rest.map(|rest| (rest, self.evaluated(part, instance)));
        let mut strange = Strange { part, known: None };
        for (name, value) in members {
            self.spend(1 + part.object.patterns.len() + name.len() / LETTERS_PER_STEP);
            if self.is_over() {
                return; // out of steps, nobody knows what was evaluated
            }
            self.check_name(part, name);
            self.check_member(part, name, value, &mut strange);
            if let Some((rest, evaluated)) = &rest
                && !evaluated.contains(name.as_str())
            {
                self.check_other_member(rest, name, value, &mut strange);
            }
        }
    }

    fn check_required(&mut self, rules: &ObjectRules<'a>, members: &Members) {
        for name in &rules.required {
            if !members.contains_key(*name) {
                self.within(Token::Name(name), |checker| {
                    checker.fault("required", &mut |_| "is required".to_owned());
                });
            }
        }
    }

    /// Checks one member against each part of the rules that speaks of it.
    fn check_member(
        &mut self,
        part: &Part<'a>,
        name: &'v str,
        value: &'v Value,
        strange: &mut Strange<'a, '_>,
    ) {
        let mut is_known = false;
        for schema in part.object.speaking_of(name) {
            is_known = true;
            self.within(Token::Name(name), |checker| checker.check(schema, value));
        }
        if let (false, Some(rest)) = (is_known, part.object.additional) {
            self.check_other_member(rest, name, value, strange);
        }
    }

    /// A member without a schema of its own.
    fn check_other_member(
        &mut self,
        rest: &'a Value,
        name: &'v str,
        value: &'v Value,
        strange: &mut Strange<'a, '_>,
    ) {
        let root = self.root;
        self.within(Token::Name(name), |checker| {
            if rest != &Value::Bool(false) {
                return checker.check(rest, value);
            }
            checker.fault("unknown_field", &mut |hints| match hints
                .nearest(name, strange.known(root))
            {
                Some(known) => format!("is not known here; the nearest known name is {known}"),
                None if !strange.part.object.patterns.is_empty() => {
                    "is not a name that can stand here".to_owned()
                }
                None => "is not known here".to_owned(),
            });
        });
    }

    /// Checks the name as a value of its own, which is not in the document.
    fn check_name(&mut self, part: &Part<'a>, name: &'v str) {
        let Some(schema) = part.object.names else {
            return;
        };
        let written = Value::from(name);
        let mut apart = Checker {
            parts: take(&mut self.parts),
            plans: take(&mut self.plans),
            steps: self.steps,
            hints: self.hints,
            ..Checker::new(self.root, None, self.most_steps)
        };
        if self.found.is_silent() {
            apart.found = Found::silent();
        }
        apart.check(schema, &written);
        let Checker { parts, plans, steps, hints, found, .. } = apart;
        (self.parts, self.plans, self.steps, self.hints) = (parts, plans, steps, hints);
        self.within(Token::Name(name), |checker| {
            for fault in found.listed() {
                checker.fault("property_name", &mut |_| format!("the name {}", fault.message));
            }
            if found.listed().is_empty() && !found.is_empty() {
                checker.fault("property_name", &mut |_| {
                    "is not a name that can stand here".to_owned()
                });
            }
        });
    }

    fn check_number_of_members(&mut self, rules: &ObjectRules<'_>, members: &Members) {
        let has = members.len() as u64;
        if let Some(least) = rules.least.filter(|&least| has < least) {
            self.fault("min_properties", &mut |_| {
                format!("must have at least {} (it has {has})", count(least, "member"))
            });
        }
        if let Some(most) = rules.most.filter(|&most| has > most) {
            self.fault("max_properties", &mut |_| {
                format!("must have at most {} (it has {has})", count(most, "member"))
            });
        }
    }

    /// The members that some part of the schema has already spoken of (draft 2020-12, core §11).
    fn evaluated(&mut self, part: &Part<'a>, instance: &'v Value) -> HashSet<&'v str> {
        let mut names = HashSet::new();
        if let Value::Object(members) = instance {
            self.spend(members.len() * (1 + part.object.patterns.len()));
            if self.is_exhausted() {
                return names;
            }
            for name in members.keys() {
                if part.object.speaks_of(name) {
                    names.insert(name.as_str());
                }
            }
        }
        for below in self.parts_that_apply(part, instance) {
            if let Value::Object(own) = below {
                self.once(below, instance, |checker| {
                    let part = checker.part(own);
                    names.extend(checker.evaluated(&part, instance));
                });
            }
        }
        names
    }

    /// The parts a schema is composed of, without the branches that do not fit the value; when
    /// none fits, all of them, for then the branch is the fault, and not its members.
    fn parts_that_apply(&mut self, part: &Part<'a>, instance: &'v Value) -> Vec<&'a Value> {
        let mut parts = Vec::new();
        if let Some(target) = part.target {
            parts.push(target);
        }
        parts.extend(part.all_of);
        for &branches in &part.branches {
            let before = parts.len();
            for branch in branches {
                if self.accepts(branch, instance) {
                    parts.push(branch);
                }
            }
            if parts.len() == before {
                parts.extend(branches);
            }
        }
        parts
    }
}

/// The members of one object that its schema does not know.
struct Strange<'a, 'p> {
    part: &'p Part<'a>,
    /// The names that it does know, looked for when the first stranger is met.
    known: Option<Vec<&'a str>>,
}

impl<'a> Strange<'a, '_> {
    fn known(&mut self, root: &'a Value) -> &[&'a str] {
        self.known.get_or_insert_with(|| shape::names(self.part.own, root))
    }
}
