//! Schemas at work: what a type says about its JSON, used to explain what is wrong with a value.
//!
//! The way of a good request never comes here: serde reads it, garde checks it, done. Only when one
//! of them refuses, [`faults_of`] walks the same bytes along the type's own JSON Schema and lists
//! *every* fault at once, by JSON pointer, in the names that stand on the wire. [`scalar`] goes the
//! other way round: it turns the text of a query string, a form or an environment variable into the
//! JSON that the schema asks for.
//!
//! A schema is always handed in twice: the part that applies, and the document it stands in, because
//! a `$ref` is a path into that document (`#/$defs/Book`, `#/components/schemas/Book`).
//!
//! # Invariants
//!
//! Held by the property tests in `tests/`, for the types listed there:
//!
//! - what serde and garde accept, [`check()`] finds no fault with;
//! - what one of them refuses has at least one fault, and its pointer exists in the value (for
//!   `required`, the parent of its pointer does).
//!
//! # Limits
//!
//! No body makes its own refusal expensive, nor the answer to it:
//!
//! - a list ends after [`MOST_FAULTS`], or 64 kB; it then says how many more there are;
//! - a pointer of more than 4 kB is not told, and a message of others ends after 500 letters;
//! - of a body with more than 20,000 values, these are looked at, and the places behind them are
//!   taken from serde and garde as they are;
//! - nesting is followed 128 levels deep, and no more than 100,000 steps are taken.
//!
//! # What a schema cannot say
//!
//! Where `schemars`' words and serde's or garde's deeds differ, the value decides what happens to
//! the request and the schema only what is said about it. Stricter than serde, so that a fault may
//! be listed that alone would not have stopped the request:
//!
//! - serde's derived structs and tagged enums also read an array of their fields in order, unit
//!   variants also `{"Name": null}` (flattened ones `{"Name": {}}`), sets also repeated items;
//! - names given by `#[serde(alias)]`, and anything caught by `#[serde(other)]`, are not in the schema;
//! - `#[garde(length(…))]` counts *bytes* of text, a schema counts characters: write
//!   `length(chars, …)` to have both say the same;
//! - `format: date`, `date-time`, … are the shapes of RFC 3339, while a crate may read more.
//!
//! Looser than serde or garde, so that the fault comes from their report instead, with the pointer
//! as near as `wire` can map it:
//!
//! - garde's `prefix`, `suffix`, `ascii`, `alphanumeric`, `matches`, `custom`, `required`, `length`
//!   on maps, `inner` on anything but lists, and every rule on a field whose schema is a `$ref`;
//! - repeated members, `deserialize_with`, `try_from`, keys of maps that are neither text nor
//!   numbers, `format`s this module does not know.

mod explain;
mod rule;
mod wire;
mod coerce;
mod check;
mod instance;
pub(crate) mod whole;
mod format;
pub(crate) mod shape;
pub(crate) mod pointer;

#[cfg(test)]
mod tests;

/// Where a form has a file, its JSON has an object with this member: the place of the file in the
/// list of those that were sent. No text of a form is an object, so that none can pass for a file.
pub(crate) const FILE: &str = "$file";
/// The member of that object that says how many bytes the file has.
pub(crate) const FILE_SIZE: &str = "$size";

pub use check::{MOST_FAULTS, Violation, check};
pub(crate) use coerce::{object_from_pairs, scalar};
pub(crate) use explain::{Refusal, faults_in, faults_of, read_value};
