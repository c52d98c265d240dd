//! Text: its length, its pattern, its format.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use regex::Regex;
use serde_json::{Map, Value};

use super::super::format;
use super::Checker;
use super::words::{count, plain};

impl Checker<'_> {
    pub(super) fn check_text(&mut self, rules: &Map<String, Value>, text: &str) {
        self.check_length(rules, text);
        if let Some(Value::String(pattern)) = rules.get("pattern")
            && !matches(pattern, text)
        {
            self.fault_in_own_words(rules, "pattern", || wrong_pattern(rules, pattern));
        }
        if let Some(Value::String(name)) = rules.get("format")
            && let Some(expected) = format::misses(name, text)
        {
            self.fault_in_own_words(rules, "format", || format!("must be {expected}"));
        }
    }

    fn check_length(&mut self, rules: &Map<String, Value>, text: &str) {
        let limit = |keyword| rules.get(keyword).and_then(Value::as_u64);
        let (least, most) = (limit("minLength"), limit("maxLength"));
        if least.is_none() && most.is_none() {
            return;
        }
        let has = text.chars().count() as u64;
        if let Some(least) = least.filter(|&least| has < least) {
            let message = match has {
                0 if least == 1 => "must not be empty".to_owned(),
                0 => format!("must be at least {} long", count(least, "character")),
                _ => format!("must be at least {} long (it has {has})", count(least, "character")),
            };
            self.fault("min_length", message);
        }
        if let Some(most) = most.filter(|&most| has > most) {
            let most = count(most, "character");
            self.fault("max_length", format!("must be at most {most} long (it has {has})"));
        }
    }
}

/// An example says more than a regular expression, to everybody.
fn wrong_pattern(rules: &Map<String, Value>, pattern: &str) -> String {
    match rules.get("examples").and_then(|examples| examples.get(0)) {
        Some(example) => format!("must look like {}", plain(example)),
        None => format!("must match the pattern {pattern}"),
    }
}

/// Whether the pattern is found in the text; a pattern that is none is found everywhere.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    compiled(pattern).is_none_or(|regex| regex.is_match(text))
}

/// Patterns come from schemas, of which a program has a fixed number: each is compiled once and
/// kept.
fn compiled(pattern: &str) -> Option<Arc<Regex>> {
    static KNOWN: LazyLock<RwLock<HashMap<String, Option<Arc<Regex>>>>> =
        LazyLock::new(RwLock::default);
    let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(regex) = known.get(pattern) {
        return regex.clone();
    }
    drop(known);
    let regex = Regex::new(pattern).ok().map(Arc::new);
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    known.insert(pattern.to_owned(), regex.clone());
    regex
}
