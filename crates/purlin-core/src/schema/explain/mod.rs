//! Why a body was refused: every fault, at its place.
//!
//! Three sources are asked, the most telling first: the schema ([`check()`](super::check())), the
//! rules that garde found broken and that the schema cannot state, and, if both are silent, the
//! place where serde stumbles. This is the cold path: the bytes are parsed again, a good request
//! never pays for it.

use garde::Report;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

use super::check::{Found, MOST_FAULTS, MOST_POINTER, Violation, find};
use super::instance::Instance;
use super::pointer;
use super::rule::{self, Rule};
use super::whole::Whole;
use super::wire::Wire;

/// A message that is not ours ends here: it may repeat the value, and the value be a megabyte.
const LONGEST_MESSAGE: usize = 500;

/// What there is to say about a body that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub(crate) enum Refusal {
    /// It is not JSON.
    Syntax {
        /// The line, from 1.
        line: usize,
        /// The column, from 1 (0 where a line has only just begun).
        column: usize,
        /// What the parser says, without the place.
        message: String,
    },
    /// It is JSON, and these things are wrong with it: at least one.
    Faults(Vec<Violation>),
}

/// Explains why `bytes` were refused as a `T`.
///
/// `schema` and `root` are as for [`check()`](super::check()). `report` is garde's, if serde
/// accepted the bytes.
///
/// The list in [`Refusal::Faults`] is never empty, and each pointer exists in the body; for
/// `required` its parent does.
pub(crate) fn faults_of<T: DeserializeOwned>(
    bytes: &[u8],
    schema: &Value,
    root: &Value,
    report: Option<&Report>,
) -> Refusal {
    explain(bytes, schema, root, report, |bytes| {
        let mut json = serde_json::Deserializer::from_slice(bytes);
        let json = Whole { inner: &mut json, everywhere: true };
        let stumble = serde_path_to_error::deserialize::<_, T>(json).err()?;
        Some(Stumble::new(stumble.path(), &in_serdes_words(stumble.inner())))
    })
}

/// Reads a value that is JSON already, and explains it where it is refused: a section of the
/// configuration, which is read once, so that one way of reading is enough.
pub(crate) fn read_value<T: DeserializeOwned>(
    instance: &Value,
    schema: &Value,
) -> Result<T, Vec<Violation>> {
    serde_path_to_error::deserialize(instance).map_err(|error| {
        let stumble = || Some(Stumble::of(&error));
        list(&Instance::whole(instance), schema, schema, None, &stumble)
    })
}

/// Explains why a value that is JSON already was refused as a `T`: the pairs of a form.
pub(crate) fn faults_in<T: DeserializeOwned>(
    instance: &Value,
    schema: &Value,
    root: &Value,
    report: Option<&Report>,
) -> Vec<Violation> {
    list(&Instance::whole(instance), schema, root, report, &|| {
        let stumble = serde_path_to_error::deserialize::<_, T>(instance).err()?;
        Some(Stumble::of(&stumble))
    })
}

fn explain(
    bytes: &[u8],
    schema: &Value,
    root: &Value,
    report: Option<&Report>,
    stumble: fn(&[u8]) -> Option<Stumble>,
) -> Refusal {
    match Instance::read(bytes) {
        Ok(instance) => {
            let stumble = || stumble(bytes);
            Refusal::Faults(list(&instance, schema, root, report, &stumble))
        }
        Err(error) => Refusal::Syntax {
            line: error.line(),
            column: error.column(),
            message: in_serdes_words(&error),
        },
    }
}

/// Where serde gave up, and what it said.
struct Stumble {
    path: Vec<Segment>,
    message: String,
}

impl Stumble {
    fn of(error: &serde_path_to_error::Error<serde_json::Error>) -> Self {
        Self::new(error.path(), &error.inner().to_string())
    }

    fn new(path: &Path, message: &str) -> Self {
        Self { path: path.iter().cloned().collect(), message: message.to_owned() }
    }
}

fn list(
    instance: &Instance<'_>,
    schema: &Value,
    root: &Value,
    report: Option<&Report>,
    stumble: &dyn Fn() -> Option<Stumble>,
) -> Vec<Violation> {
    let mut found = find(schema, root, instance);
    if let Some(report) = report {
        add_rules(&mut found, instance, schema, root, report);
    }
    if found.is_empty() {
        found.add(stumble().map_or_else(unknown, |stumble| stumble.as_fault(instance)));
    }
    found.told(&instance.value)
}

/// Adds the rules that garde found broken, without those that the schema has told already.
fn add_rules(
    found: &mut Found,
    instance: &Instance<'_>,
    schema: &Value,
    root: &Value,
    report: &Report,
) {
    let wire = Wire::new(root, Some(&instance.value));
    let of_schema = found.listed().len();
    let has_room = found.count() == of_schema;
    for (path, error) in report.iter().take(MOST_FAULTS + 1) {
        let place = wire.map(schema, path);
        if place.is_cut {
            // The schema may have counted this one.
            if has_room {
                found.leave_out(|| place.pointer);
            }
            continue;
        }
        let message = shortened(error.message());
        let rule = Rule::read(&message, instance.value.pointer(&place.pointer));
        let is_told = |fault: &Violation| {
            fault.pointer == place.pointer
                || !place.is_whole
                    && fault.code == rule.code
                    && fault.pointer.starts_with(&place.pointer)
        };
        if !found.listed()[..of_schema].iter().any(is_told) {
            found.add(rule::place(rule, place.pointer, instance));
        }
    }
}

impl Stumble {
    fn as_fault(&self, instance: &Instance<'_>) -> Violation {
        let pointer = self.pointer(instance);
        let missing = self.message.strip_prefix("missing field `");
        if let Some(name) = missing.and_then(|rest| rest.strip_suffix('`')) {
            return Violation {
                pointer: pointer::join(&pointer, name),
                code: "required",
                message: "is required".to_owned(),
            };
        }
        Violation { pointer, code: "invalid", message: shortened(&self.message) }
    }

    /// Follows serde's path as far as it exists in the value. An enum's variant stands in it only
    /// if it is tagged from outside, and is passed over otherwise.
    fn pointer(&self, instance: &Instance<'_>) -> String {
        let mut found = String::new();
        for segment in &self.path {
            let token = match segment {
                Segment::Seq { index } => index.to_string(),
                Segment::Map { key } => key.clone(),
                Segment::Enum { variant } => variant.clone(),
                Segment::Unknown => break,
            };
            if found.len() > MOST_POINTER {
                break;
            }
            let below = pointer::join(&found, &token);
            match (instance.value.pointer(&below), segment) {
                (Some(_), _) => found = below,
                (None, Segment::Enum { .. }) => {}
                (None, _) if instance.is_unfinished(&found) => return below,
                (None, _) => break,
            }
        }
        found
    }
}

fn shortened(message: &str) -> String {
    match message.char_indices().nth(LONGEST_MESSAGE) {
        Some((end, _)) => format!("{}…", &message[..end]),
        None => message.to_owned(),
    }
}

/// The caller says that the value was refused, and it is accepted: not a lie the client can help.
fn unknown() -> Violation {
    Violation { pointer: String::new(), code: "invalid", message: "was refused".to_owned() }
}

/// serde's message without the place, which is reported on its own.
fn in_serdes_words(error: &serde_json::Error) -> String {
    let place = format!(" at line {} column {}", error.line(), error.column());
    let message = error.to_string();
    message.strip_suffix(&place).unwrap_or(&message).to_owned()
}

#[cfg(test)]
mod tests;
