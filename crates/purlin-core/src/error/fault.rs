//! One thing that is wrong with a request's input.

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;

/// The code of the last fault of a list that had no room for all of them.
pub(crate) const MORE_FAULTS: &str = "more_faults";

/// The part of a request in which a fault was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum FaultIn {
    /// The JSON body.
    Body,
    /// A cookie.
    Cookie,
    /// The form in the body.
    Form,
    /// A header field.
    Header,
    /// A parameter of the path.
    Path,
    /// The query string.
    Query,
}

/// One thing that is wrong with a request's input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Fault {
    /// The part of the request.
    #[serde(rename = "in")]
    pub within: FaultIn,
    /// The RFC 6901 pointer to the value, in the names the client used; empty for the whole.
    pub pointer: String,
    /// The machine code of the broken rule: `required`, `max_length`, `type`.
    pub code: Cow<'static, str>,
    /// The rule in words, to be shown beside the field: "must be at least 1".
    pub message: String,
}

impl Fault {
    /// A fault of the JSON body, at a pointer such as `/items/2/price`.
    pub fn body(
        pointer: impl Into<String>,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
    ) -> Self {
        Self::new(FaultIn::Body, pointer, code, message)
    }

    /// A fault of any part of the request.
    pub fn new(
        within: FaultIn,
        pointer: impl Into<String>,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
    ) -> Self {
        Self { within, pointer: pointer.into(), code: code.into(), message: message.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = if self.pointer.is_empty() { "/" } else { &self.pointer };
        write!(f, "{at} {}", self.message)
    }
}
