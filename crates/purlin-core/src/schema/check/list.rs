//! Lists: how many items, which ones, and none twice.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::Checker;
use super::words::count;

impl<'a> Checker<'a> {
    pub(super) fn check_list(&mut self, rules: &'a Map<String, Value>, items: &[Value]) {
        self.check_number_of_items(rules, items.len() as u64);
        let prefix = rules.get("prefixItems").and_then(Value::as_array);
        let prefix = prefix.map_or(&[][..], Vec::as_slice);
        for (index, item) in items.iter().enumerate() {
            let schema = prefix.get(index).or_else(|| rules.get("items"));
            if let Some(schema) = schema {
                self.within(&index.to_string(), |checker| checker.check(schema, item));
            }
        }
        if rules.get("uniqueItems") == Some(&Value::Bool(true)) {
            self.check_unique(items);
        }
    }

    fn check_number_of_items(&mut self, rules: &Map<String, Value>, has: u64) {
        let limit = |keyword| rules.get(keyword).and_then(Value::as_u64);
        if let Some(least) = limit("minItems").filter(|&least| has < least) {
            let message = match has {
                0 if least == 1 => "must not be empty".to_owned(),
                _ => format!("must have at least {} (it has {has})", count(least, "item")),
            };
            self.fault("min_items", message);
        }
        if let Some(most) = limit("maxItems").filter(|&most| has > most) {
            let most = count(most, "item");
            self.fault("max_items", format!("must have at most {most} (it has {has})"));
        }
    }

    /// Compares what the items look like written out: one look at each, however many there are.
    fn check_unique(&mut self, items: &[Value]) {
        let mut seen = HashSet::new();
        for (index, item) in items.iter().enumerate() {
            if self.is_full() {
                return;
            }
            if !seen.insert(item.to_string()) {
                self.within(&index.to_string(), |checker| {
                    checker.fault("unique", "is in the list already");
                });
            }
        }
    }
}
