//! The words that faults are told in: fragments of a sentence, as they stand next to a field.

use serde_json::Value;

use super::super::shape::Kinds;
use crate::suggest;

/// More choices than this are counted instead of named.
const MOST_NAMED: usize = 12;

pub(super) fn wrong_kind(expected: Kinds, instance: &Value) -> String {
    let sent = match what(instance) {
        "a number" if expected.meets(Kinds::INTEGER) => "a fraction",
        other => other,
    };
    format!("must be {}, not {sent}", expected.in_words())
}

/// Names what somebody sent, without repeating it: it may be a secret, or a megabyte.
fn what(instance: &Value) -> &'static str {
    match instance {
        Value::Null => "null",
        Value::Bool(true) => "true",
        Value::Bool(false) => "false",
        Value::Number(_) => "a number",
        Value::String(text) if text.is_empty() => "empty text",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// `must be one of: draft, published`, with the nearest one where the value is a misspelt choice.
pub(super) fn one_of(
    choices: &mut dyn Iterator<Item = &Value>,
    instance: &Value,
    hints: &mut Hints,
) -> String {
    let names: Vec<String> = choices.map(plain).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let hint = hints.in_words(instance.as_str(), &names);
    match names.as_slice() {
        [only] => format!("must be {only}"),
        _ => format!("must be one of: {}{hint}", listed(&names)),
    }
}

/// `must have one of the members: Circle, Square`, for an object that has none of them.
pub(super) fn one_of_members(names: &[&str], instance: &Value, hints: &mut Hints) -> String {
    let mut sent = instance.as_object().into_iter().flatten();
    let hint = hints.in_words(sent.next().map(|(name, _)| name.as_str()), names);
    match names {
        [only] => format!("must have the member {only}"),
        _ => format!("must have one of the members: {}{hint}", listed(names)),
    }
}

/// A value of the schema as people write it: text without quotes.
pub(super) fn plain(value: &Value) -> String {
    let text = value.as_str().map(str::to_owned);
    text.unwrap_or_else(|| value.to_string())
}

/// `1 item`, `2 items`.
pub(super) fn count(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

fn listed(names: &[&str]) -> String {
    let first = names[..names.len().min(MOST_NAMED)].join(", ");
    match names.len().saturating_sub(MOST_NAMED) {
        0 => first,
        rest => format!("{first} and {rest} more"),
    }
}

/// Looks for the name that a misspelt one meant, as long as that does not take too much.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hints {
    left: usize,
}

impl Hints {
    /// How many names are compared for one list of faults: comparing two takes a while, and the
    /// hundredth misspelling has less need of a hint than the first.
    const MOST: usize = 2_000;

    pub(super) fn new() -> Self {
        Self { left: Self::MOST }
    }

    pub(super) fn nearest<'n>(&mut self, sent: &str, names: &[&'n str]) -> Option<&'n str> {
        // A third of the letters may be wrong, and a letter has up to four bytes: nothing is near to
        // a megabyte, and nobody needs to count its letters.
        let longest = names.iter().map(|name| name.len()).max()?;
        if sent.len() > 8 * longest {
            return None;
        }
        self.left = self.left.checked_sub(names.len())?;
        suggest::nearest(sent, names.iter().copied())
    }

    fn in_words(&mut self, sent: Option<&str>, names: &[&str]) -> String {
        let nearest = sent.and_then(|sent| self.nearest(sent, names));
        nearest.map_or_else(String::new, |name| format!("; the nearest is {name}"))
    }
}
