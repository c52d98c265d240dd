//! Objects: which members there must be, may be and may not be.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::super::shape::{self, each};
use super::words::count;
use super::{Checker, text};
use crate::suggest::nearest;

type Members = Map<String, Value>;

impl<'a> Checker<'a> {
    pub(super) fn check_object(
        &mut self,
        rules: &'a Map<String, Value>,
        members: &Members,
        instance: &Value,
    ) {
        self.check_number_of_members(rules, members);
        for name in each_required(rules).filter(|name| !members.contains_key(*name)) {
            self.within(name, |checker| checker.fault("required", "is required"));
        }
        let mut unevaluated =
            rules.get("unevaluatedProperties").map(|rest| (rest, self.evaluated(rules, instance)));
        for (name, value) in members {
            self.check_name(rules, name);
            self.check_member(rules, name, value);
            if let Some((rest, evaluated)) = &mut unevaluated
                && !evaluated.contains(name)
            {
                let rest: &'a Value = rest;
                self.check_other_member(rules, rest, name, value);
            }
        }
    }

    /// Checks one member against each part of `rules` that speaks of it.
    fn check_member(&mut self, rules: &'a Map<String, Value>, name: &str, value: &Value) {
        let speaking = schemas_of(rules, name);
        if speaking.is_empty()
            && let Some(rest) = rules.get("additionalProperties")
        {
            self.check_other_member(rules, rest, name, value);
        }
        for schema in speaking {
            self.within(name, |checker| checker.check(schema, value));
        }
    }

    /// A member without a schema of its own.
    fn check_other_member(
        &mut self,
        rules: &'a Map<String, Value>,
        rest: &'a Value,
        name: &str,
        value: &Value,
    ) {
        if rest != &Value::Bool(false) {
            return self.within(name, |checker| checker.check(rest, value));
        }
        let message = match nearest(name, shape::names(rules, self.root)) {
            Some(known) => format!("is not known here; the nearest known name is {known}"),
            None if rules.contains_key("patternProperties") => {
                "is not a name that can stand here".to_owned()
            }
            None => "is not known here".to_owned(),
        };
        self.within(name, |checker| checker.fault("unknown_field", message));
    }

    fn check_name(&mut self, rules: &'a Map<String, Value>, name: &str) {
        let Some(schema) = rules.get("propertyNames") else {
            return;
        };
        let before = self.found.len();
        let written = Value::from(name);
        self.within(name, |checker| checker.check(schema, &written));
        for violation in &mut self.found[before..] {
            violation.message = format!("the name {}", violation.message);
            violation.code = "property_name";
        }
    }

    fn check_number_of_members(&mut self, rules: &Map<String, Value>, members: &Members) {
        let limit = |keyword| rules.get(keyword).and_then(Value::as_u64);
        let has = members.len() as u64;
        if let Some(least) = limit("minProperties").filter(|&least| has < least) {
            let least = count(least, "member");
            self.fault("min_properties", format!("must have at least {least} (it has {has})"));
        }
        if let Some(most) = limit("maxProperties").filter(|&most| has > most) {
            let most = count(most, "member");
            self.fault("max_properties", format!("must have at most {most} (it has {has})"));
        }
    }

    /// The members that some part of the schema has already spoken of (draft 2020-12, core §11).
    fn evaluated(&mut self, rules: &'a Map<String, Value>, instance: &Value) -> BTreeSet<String> {
        let members = instance.as_object();
        let mut names: BTreeSet<String> = members
            .into_iter()
            .flat_map(Map::keys)
            .filter(|name| {
                rules.get("additionalProperties").is_some() || !schemas_of(rules, name).is_empty()
            })
            .cloned()
            .collect();
        for part in self.parts_that_apply(rules, instance) {
            if let Value::Object(rules) = part {
                self.once(part, instance, |checker| {
                    names.append(&mut checker.evaluated(rules, instance));
                });
            }
        }
        names
    }

    /// The parts a schema is composed of, without the branches that do not fit the value; when
    /// none fits, all of them, for then the branch is the fault, and not its members.
    fn parts_that_apply(
        &mut self,
        rules: &'a Map<String, Value>,
        instance: &Value,
    ) -> Vec<&'a Value> {
        let root = self.root;
        let reference = shape::reference(rules).map(|reference| shape::target(reference, root));
        let mut parts: Vec<&'a Value> = reference.into_iter().collect();
        parts.extend(rules.get("allOf").into_iter().flat_map(each));
        for keyword in ["anyOf", "oneOf"] {
            let branches: Vec<&'a Value> = rules.get(keyword).into_iter().flat_map(each).collect();
            let fitting: Vec<&'a Value> =
                branches.iter().copied().filter(|branch| self.accepts(branch, instance)).collect();
            parts.extend(if fitting.is_empty() { branches } else { fitting });
        }
        parts
    }
}

/// The schemas in `properties` and `patternProperties` that apply to the member.
fn schemas_of<'a>(rules: &'a Map<String, Value>, name: &str) -> Vec<&'a Value> {
    let under = |keyword: &str| rules.get(keyword).and_then(Value::as_object);
    let own = under("properties").and_then(|properties| properties.get(name));
    let patterns = under("patternProperties").into_iter().flatten();
    own.into_iter()
        .chain(
            patterns.filter(|(pattern, _)| text::matches(pattern, name)).map(|(_, schema)| schema),
        )
        .collect()
}

fn each_required(rules: &Map<String, Value>) -> impl Iterator<Item = &str> {
    let names = rules.get("required").into_iter().flat_map(each);
    names.filter_map(Value::as_str)
}
