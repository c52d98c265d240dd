//! Rules that garde found broken, in the words of this module.
//!
//! garde tells a rule only by its message. Those it writes itself are recognized, given a code and
//! rephrased as the checker would put it; a message of the application (a custom rule, another
//! language) is passed on as it is, with the code `invalid`.

use serde_json::Value;

use super::check::Violation;
use super::instance::Instance;
use super::{FILE, FILE_SIZE, pointer};

/// A broken rule, still without its place.
pub(super) struct Rule {
    pub(super) code: &'static str,
    message: String,
}

impl Rule {
    /// Recognizes garde's `message` about `value`.
    pub(super) fn read(message: &str, value: Option<&Value>) -> Self {
        let (code, message) = length(message, value)
            .or_else(|| limit(message))
            .or_else(|| fixed(message))
            .unwrap_or_else(|| ("invalid", message.to_owned()));
        Self { code, message }
    }
}

/// Puts the rule to its place. A rule about a member that was not sent is broken by its default: what
/// the client can do about it is to send one.
pub(super) fn place(rule: Rule, pointer: String, instance: &Instance<'_>) -> Violation {
    let Rule { code, message } = rule;
    let value = &*instance.value;
    if value.pointer(&pointer).is_some() {
        return Violation { pointer, code, message };
    }
    let existing = pointer::existing(value, &pointer);
    if instance.is_unfinished(existing) {
        return Violation { pointer, code, message };
    }
    if existing != pointer::parent(&pointer) {
        return Violation { pointer: existing.to_owned(), code, message };
    }
    let message = match code {
        "invalid" => message,
        _ => "is required".to_owned(),
    };
    Violation { pointer, code: "required", message }
}

fn length(message: &str, value: Option<&Value>) -> Option<(&'static str, String)> {
    let least = message.strip_prefix("length is lower than ");
    let most = message.strip_prefix("length is greater than ");
    let (limit, words) = match (least, most) {
        (Some(limit), _) => (limit, "at least"),
        (_, Some(limit)) => (limit, "at most"),
        _ => return None,
    };
    let is_least = least.is_some();
    let pick = |least, most| if is_least { least } else { most };
    Some(match value {
        Some(Value::Array(items)) => (
            pick("min_items", "max_items"),
            format!("must have {words} {limit} items (it has {})", items.len()),
        ),
        Some(Value::Object(members)) if members.contains_key(FILE) => (
            pick("min_length", "max_length"),
            format!("must have {words} {limit} bytes (it has {})", members[FILE_SIZE]),
        ),
        Some(Value::Object(members)) => (
            pick("min_properties", "max_properties"),
            format!("must have {words} {limit} members (it has {})", members.len()),
        ),
        Some(Value::String(text)) => (
            pick("min_length", "max_length"),
            // Without a mode, garde counts bytes; where that is not what a person counts, say so.
            match text.chars().count() {
                has if has == text.len() => {
                    format!("must be {words} {limit} characters long (it has {has})")
                }
                _ => format!("must be {words} {limit} bytes long (it has {})", text.len()),
            },
        ),
        _ => (pick("min_length", "max_length"), format!("must be {words} {limit} long")),
    })
}

fn limit(message: &str) -> Option<(&'static str, String)> {
    let least = message.strip_prefix("lower than ");
    let least = least.map(|limit| ("minimum", format!("must be at least {limit}")));
    let most = message.strip_prefix("greater than ");
    least.or_else(|| most.map(|limit| ("maximum", format!("must be at most {limit}"))))
}

fn fixed(message: &str) -> Option<(&'static str, String)> {
    let quoted = |text: &'static str| message.strip_prefix(text);
    let pattern = quoted("does not match pattern /").and_then(|rest| rest.strip_suffix('/'));
    let (code, message) = if let Some(pattern) = pattern {
        ("pattern", format!("must match the pattern {pattern}"))
    } else if let Some(part) = quoted("does not contain ") {
        ("contains", format!("must contain {part}"))
    } else if let Some(part) = quoted("value does not begin with ") {
        ("prefix", format!("must begin with {part}"))
    } else if let Some(part) = quoted("does not end with ") {
        ("suffix", format!("must end with {part}"))
    } else if let Some(thing) = quoted("not a valid ") {
        ("format", format!("must be a valid {thing}"))
    } else {
        match message {
            "not ascii" => ("ascii", "must be ASCII text".to_owned()),
            "not alphanumeric" => ("alphanumeric", "must be letters and digits only".to_owned()),
            "not set" => ("required", "is required".to_owned()),
            _ => return None,
        }
    };
    Some((code, message))
}
