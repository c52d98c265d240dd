//! Lists: how many items, which ones, and none twice.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::super::shape::list_under;
use super::part::{Part, limit};
use super::place::Token;
use super::words::count;
use super::{Checker, LETTERS_PER_STEP};

/// What a schema says about the items of a list.
#[derive(Debug)]
pub(super) struct ListRules<'a> {
    first: &'a [Value],
    others: Option<&'a Value>,
    is_unique: bool,
    least: Option<u64>,
    most: Option<u64>,
}

impl<'a> ListRules<'a> {
    pub(super) fn read(rules: &'a Map<String, Value>) -> Self {
        Self {
            first: list_under(rules, "prefixItems"),
            others: rules.get("items"),
            is_unique: rules.get("uniqueItems") == Some(&Value::Bool(true)),
            least: limit(rules, "minItems"),
            most: limit(rules, "maxItems"),
        }
    }
}

impl<'a: 'v, 'v> Checker<'a, 'v> {
    pub(super) fn check_list(&mut self, part: &Part<'a>, items: &'v [Value]) {
        let rules = &part.list;
        if !self.place.is_unfinished() {
            self.check_number_of_items(rules, items.len() as u64);
        }
        for (index, item) in items.iter().enumerate() {
            let Some(schema) = rules.first.get(index).or(rules.others) else {
                break;
            };
            if self.is_over() {
                return;
            }
            self.within(Token::Index(index), |checker| checker.check(schema, item));
        }
        if rules.is_unique {
            self.check_unique(items);
        }
    }

    fn check_number_of_items(&mut self, rules: &ListRules<'_>, has: u64) {
        if let Some(least) = rules.least.filter(|&least| has < least) {
            self.fault("min_items", &mut |_| match has {
                0 if least == 1 => "must not be empty".to_owned(),
                _ => format!("must have at least {} (it has {has})", count(least, "item")),
            });
        }
        if let Some(most) = rules.most.filter(|&most| has > most) {
            self.fault("max_items", &mut |_| {
                format!("must have at most {} (it has {has})", count(most, "item"))
            });
        }
    }

    /// Compares what the items look like written out: one look at each, however many there are.
    fn check_unique(&mut self, items: &[Value]) {
        let mut seen = HashSet::new();
        for (index, item) in items.iter().enumerate() {
            let written = item.to_string();
            self.spend(1 + written.len() / LETTERS_PER_STEP);
            if self.is_over() {
                return;
            }
            if !seen.insert(written) {
                self.within(Token::Index(index), |checker| {
                    checker.fault("unique", &mut |_| "is in the list already".to_owned());
                });
            }
        }
    }
}
