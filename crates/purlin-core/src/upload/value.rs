//! An upload as a field of a type: read by `serde`, described by `schemars`, checked by `garde`.
//!
//! `serde` passes values, not files. While a form is read, its files lie in a list beside it, and
//! what stands in the form is where in the list each is: an object, which no text of a form can be.

use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt;

use garde::rules::length::HasSimpleLength;
use garde::rules::length::bytes::HasBytes;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use super::Upload;
use crate::schema::FILE;

const BINARY: &str = "binary";
const ANY: &str = "application/octet-stream";

thread_local! {
    /// The files of the form that is being read on this thread, if one is.
    static FILES: RefCell<Vec<Upload>> = const { RefCell::new(Vec::new()) };
}

/// Reads a form: within `read`, an upload is found by its place in `files`.
pub(crate) fn with_files<T>(files: &[Upload], read: impl FnOnce() -> T) -> T {
    /// Puts back what was there, even after a panic.
    struct Before(Vec<Upload>);

    impl Drop for Before {
        fn drop(&mut self) {
            FILES.set(std::mem::take(&mut self.0));
        }
    }

    let _before = Before(FILES.replace(files.to_vec()));
    read()
}

/// Whether a schema is that of an upload, or of one that may be missing.
pub(crate) fn is_file(schema: &Value) -> bool {
    schema.get("format").is_some_and(|format| format == BINARY)
        && schema.get("contentMediaType").is_some_and(|media_type| media_type == ANY)
}

impl<'de> Deserialize<'de> for Upload {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FileVisitor)
    }
}

struct FileVisitor;

impl<'de> Visitor<'de> for FileVisitor {
    type Value = Upload;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a file")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Upload, A::Error> {
        let mut index = None;
        while let Some(name) = members.next_key::<Cow<'de, str>>()? {
            if name == FILE {
                index = Some(members.next_value::<usize>()?);
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        let file = index.and_then(|index| FILES.with_borrow(|files| files.get(index).cloned()));
        file.ok_or_else(|| A::Error::custom("must be a file"))
    }
}

impl JsonSchema for Upload {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Upload".into()
    }

    fn schema_id() -> Cow<'static, str> {
        "purlin::Upload".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        // `format` for the tools that were written for OpenAPI 3.0, the other for those of 3.1.
        json_schema!({ "type": "string", "format": BINARY, "contentMediaType": ANY })
    }
}

/// An upload has no rules of its own.
impl garde::Validate for Upload {
    type Context = ();

    fn validate_into(
        &self,
        (): &(),
        _parent: &mut dyn FnMut() -> garde::Path,
        _report: &mut garde::Report,
    ) {
    }
}

/// `#[garde(length(max = 5_242_880))]` is about bytes.
impl HasSimpleLength for Upload {
    fn length(&self) -> usize {
        self.num_bytes()
    }
}

impl HasBytes for Upload {
    fn num_bytes(&self) -> usize {
        usize::try_from(self.size()).unwrap_or(usize::MAX)
    }
}
