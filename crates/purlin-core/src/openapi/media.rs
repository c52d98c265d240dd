//! The media types of a body.

use serde::Serialize;
use serde_json::Value;

use crate::named::Named;

/// One media type of a body.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct MediaType {
    /// What the body may be.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub schema: Value,
    /// What it may look like, by name.
    #[serde(skip_serializing_if = "Named::is_empty")]
    pub examples: Named<Example>,
}

/// A body as it may look like.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct Example {
    /// When it looks like this.
    pub summary: String,
    /// The whole body.
    pub value: Value,
}
