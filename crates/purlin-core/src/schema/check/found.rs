//! What was found: the faults that are listed, and the number of those for which there is no room.

use serde_json::Value;

use super::super::pointer;
use super::order::by_document;
use crate::error::MORE_FAULTS;

/// A list of faults ends here; whoever sent that many needs no more to see what happened.
pub const MOST_FAULTS: usize = 100;

/// How many bytes the pointers and messages of one list have together: names come from the client,
/// and are repeated for each fault below them.
const MOST_BYTES: usize = 64 * 1024;

/// A longer pointer is not told; it says little to a person.
pub(crate) const MOST_POINTER: usize = 4 * 1024;

/// One thing that is wrong with a value, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// Where, as a JSON pointer (RFC 6901); empty for the whole value.
    pub pointer: String,
    /// Which rule, in words that do not change: `required`, `type`, `min_length`, …
    pub code: &'static str,
    /// What is wrong, as it would stand next to the field of a form: `must be at least 1`.
    pub message: String,
}

/// A list of faults that stays short.
#[derive(Debug)]
pub(crate) struct Found {
    listed: Vec<Violation>,
    bytes: usize,
    unlisted: usize,
    /// The nearest value around all that are not listed.
    above: Option<String>,
    most: usize,
}

impl Found {
    pub(crate) fn new() -> Self {
        Self::up_to(MOST_FAULTS)
    }

    /// Finds out only whether there is a fault at all.
    pub(super) fn silent() -> Self {
        Self::up_to(0)
    }

    fn up_to(most: usize) -> Self {
        Self { listed: Vec::new(), bytes: 0, unlisted: 0, above: None, most }
    }

    pub(super) fn is_silent(&self) -> bool {
        self.most == 0
    }

    pub(crate) fn listed(&self) -> &[Violation] {
        &self.listed
    }

    pub(crate) fn count(&self) -> usize {
        self.listed.len() + self.unlisted
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.count() == 0
    }

    /// Whether looking for more would tell nobody anything.
    pub(crate) fn is_full(&self) -> bool {
        self.count() > self.most
    }

    /// Whether a fault at a pointer of this length can be listed, if its message is short.
    pub(super) fn has_room(&self, pointer: usize) -> bool {
        self.listed.len() < self.most
            && pointer <= MOST_POINTER
            && self.bytes + pointer <= MOST_BYTES
    }

    /// Lists a fault, or counts it where there is no room.
    pub(crate) fn add(&mut self, fault: Violation) {
        // Two parts of one schema may state the same rule.
        if self.is_full() || self.listed.contains(&fault) {
            return;
        }
        let bytes = self.bytes + fault.pointer.len() + fault.message.len();
        if !self.has_room(fault.pointer.len()) || bytes > MOST_BYTES {
            return self.leave_out(|| pointer::near(&fault.pointer, MOST_POINTER).to_owned());
        }
        self.bytes = bytes;
        self.listed.push(fault);
    }

    /// Counts a fault that is not listed; `above` is the pointer to a value around its place.
    pub(crate) fn leave_out(&mut self, above: impl FnOnce() -> String) {
        if self.is_full() {
            return;
        }
        self.unlisted += 1;
        if !self.is_silent() {
            self.go_above(above());
        }
    }

    fn go_above(&mut self, pointer: String) {
        self.above = Some(match self.above.take() {
            Some(known) => pointer::common(&known, &pointer).to_owned(),
            None => pointer,
        });
    }

    /// Adds what a walk of its own has found.
    pub(super) fn take(&mut self, other: Self) {
        for fault in other.listed {
            self.add(fault);
        }
        self.unlisted += other.unlisted;
        if let Some(above) = other.above {
            self.go_above(above);
        }
    }

    /// The list, in the order of the document; where faults are missing, it ends by saying so.
    pub(crate) fn told(self, instance: &Value) -> Vec<Violation> {
        let more = self.more();
        let mut told = by_document(self.listed, instance);
        told.extend(more);
        told
    }

    fn more(&self) -> Option<Violation> {
        let pointer = self.above.clone()?;
        let least = if self.is_full() { "at least " } else { "" };
        let more = if self.listed.is_empty() { "" } else { "more " };
        let faults = if self.unlisted == 1 { "fault" } else { "faults" };
        let count = self.unlisted;
        let message = format!("has {least}{count} {more}{faults}, for which the list has no room");
        Some(Violation { pointer, code: MORE_FAULTS, message })
    }
}
