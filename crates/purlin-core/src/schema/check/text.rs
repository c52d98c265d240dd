//! Text: its length, its pattern, its format.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use regex::Regex;
use serde_json::{Map, Value};

use super::super::format;
use super::part::{Part, limit};
use super::words::{count, plain};
use super::{Checker, LETTERS_PER_STEP};

const SEARCHED_PER_STEP: usize = 8;

/// What a schema says about text.
#[derive(Debug)]
pub(super) struct TextRules<'a> {
    least: Option<u64>,
    most: Option<u64>,
    pattern: Option<Pattern<'a>>,
    format: Option<&'a str>,
}

impl<'a> TextRules<'a> {
    pub(super) fn read(rules: &'a Map<String, Value>) -> Self {
        let text = |keyword| rules.get(keyword).and_then(Value::as_str);
        Self {
            least: limit(rules, "minLength"),
            most: limit(rules, "maxLength"),
            pattern: text("pattern").map(Pattern::new),
            format: text("format"),
        }
    }
}

impl<'a: 'v, 'v> Checker<'a, 'v> {
    pub(super) fn check_text(&mut self, part: &Part<'a>, text: &str) {
        let rules = &part.text;
        self.spend(text.len() / LETTERS_PER_STEP);
        self.check_length(rules, text);
        if let Some(pattern) = &rules.pattern
            && self.may_search(text)
            && !pattern.is_in(text)
        {
            self.fault_in_own_words(part, "pattern", &mut |_| {
                wrong_pattern(part.own, pattern.written)
            });
        }
        if let Some(name) = rules.format
            && let Some(expected) = format::misses(name, text)
        {
            self.fault_in_own_words(part, "format", &mut |_| format!("must be {expected}"));
        }
    }

    /// A pattern looks at each letter, and at some of them more than once; garde has found what is
    /// wrong with a text that is too long for another look.
    fn may_search(&mut self, text: &str) -> bool {
        self.spend(text.len() / SEARCHED_PER_STEP);
        !self.is_exhausted()
    }

    fn check_length(&mut self, rules: &TextRules<'_>, text: &str) {
        let (least, most) = (rules.least, rules.most);
        if least.is_none() && most.is_none() {
            return;
        }
        let has = text.chars().count() as u64;
        if let Some(least) = least.filter(|&least| has < least) {
            let wanted = count(least, "character");
            self.fault("min_length", &mut |_| match has {
                0 if least == 1 => "must not be empty".to_owned(),
                0 => format!("must be at least {wanted} long"),
                _ => format!("must be at least {wanted} long (it has {has})"),
            });
        }
        if let Some(most) = most.filter(|&most| has > most) {
            let wanted = count(most, "character");
            self.fault("max_length", &mut |_| {
                format!("must be at most {wanted} long (it has {has})")
            });
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

/// A regular expression of the schema.
#[derive(Debug)]
pub(super) struct Pattern<'a> {
    written: &'a str,
    /// A pattern that is none is found everywhere.
    compiled: Option<Arc<Regex>>,
}

impl<'a> Pattern<'a> {
    pub(super) fn new(written: &'a str) -> Self {
        Self { written, compiled: compiled(written) }
    }

    pub(super) fn is_in(&self, text: &str) -> bool {
        self.compiled.as_ref().is_none_or(|regex| regex.is_match(text))
    }
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
