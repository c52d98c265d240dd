//! Bodies as they are: bytes, text, a stream, the whole request.

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use serde_json::{Map, Value, json};

use super::Extract;
use super::input::Input;
use crate::body::{Body, ReadError};
use crate::error::{Error, Result};
use crate::openapi::{RequestBody, Schemas};
use crate::report::{Reported, short_type_name};
use crate::request::Request;
use crate::site::Site;

/// How a body is read on one route.
#[derive(Clone, Copy, Debug)]
pub struct ReadPlan {
    limit: usize,
}

impl ReadPlan {
    /// Documents the body and what can be wrong with it, and takes it for this argument.
    pub(super) fn prepare(
        site: &mut Site<'_>,
        what: &str,
        body: RequestBody,
    ) -> Result<Self, Reported> {
        site.reads_body(what.to_owned())?;
        let typed = !body.content.contains_key("*/*");
        let operation = site.operation();
        operation.request_body = Some(body);
        operation.problem(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "The body is too large");
        if typed {
            operation.problem(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "The body is of another media type",
            );
        }
        Ok(Self { limit: site.body_limit() })
    }

    pub(super) fn make_optional(site: &mut Site<'_>) {
        if let Some(body) = &mut site.operation().request_body {
            body.required = false;
        }
    }
}

/// Reads the whole body, up to the limit of the route.
pub(super) async fn read_body(plan: &ReadPlan, request: &mut Request) -> Result<Bytes> {
    if let Body::Full(_) | Body::Empty = request.body() {
        let body = request.take_body();
        return match body {
            Body::Full(bytes) if bytes.len() > plan.limit => Err(too_large(plan.limit)),
            Body::Full(bytes) => Ok(bytes),
            _ => Ok(Bytes::new()),
        };
    }
    // An announced size is refused before the client is asked to go on (RFC 9110 §10.1.1).
    let announced = request.header(CONTENT_LENGTH).and_then(|length| length.parse::<u64>().ok());
    if announced.is_some_and(|length| length > plan.limit as u64) {
        return Err(too_large(plan.limit));
    }
    let mut body = request.take_body();
    body.collect(plan.limit).await.map_err(|error| match error {
        ReadError::TooLarge => too_large(plan.limit),
        ReadError::Broken(source) => {
            Error::bad_request("incomplete_body", "the body ended before its end")
                .with_source(source)
        }
    })
}

#[cold]
fn too_large(limit: usize) -> Error {
    let detail = format!("the body is larger than the {limit} bytes this route takes");
    Error::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail).with_member("limit", limit)
}

/// 415, with the type that would do (RFC 9110 §15.5.16).
#[cold]
pub(super) fn unsupported(wanted: &'static str, given: &str) -> Error {
    let detail = format!("the body must be `{wanted}`, its Content-Type says {given}");
    Error::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail)
        .with_header(http::header::ACCEPT, HeaderValue::from_static(wanted))
}

/// An input that nobody checks may not promise limits in the document.
pub(super) fn refuse_unchecked_limits<T: Input>(site: &mut Site<'_>) -> Result<(), Reported> {
    if T::CHECKED || !states_limits(&Schemas::standalone::<T>()) {
        return Ok(());
    }
    let name = short_type_name::<T>();
    let message = format!("`{name}` states limits in its schema, and nobody would check them");
    Err(site.refuse(
        "P0108",
        message,
        "derive `Validate` and take it without `Unchecked`".to_owned(),
    ))
}

/// Whether a schema demands more than shapes and types, which `serde` checks.
pub(super) fn states_limits(schema: &Value) -> bool {
    match schema {
        Value::Array(items) => items.iter().any(states_limits),
        Value::Object(members) => {
            members.iter().any(|(name, value)| is_limit(members, name, value))
        }
        _ => false,
    }
}

fn is_limit(schema: &Map<String, Value>, name: &str, value: &Value) -> bool {
    // A text or a list of one fixed size says so twice: `char`, tuples, arrays.
    let fixed = |one: &str, other: &str| schema.get(one) == schema.get(other);
    match name {
        "minLength" | "maxLength" => !fixed("minLength", "maxLength"),
        "minItems" | "maxItems" => !fixed("minItems", "maxItems"),
        "minimum" | "maximum" => !is_natural(schema, name, value),
        "pattern" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf" | "minProperties"
        | "maxProperties" => true,
        "format" => value == "email",
        "default" | "examples" | "enum" | "const" => false,
        "properties" | "$defs" | "patternProperties" => {
            value.as_object().is_some_and(|all| all.values().any(states_limits))
        }
        _ => states_limits(value),
    }
}

/// Whether a bound is the one the Rust type has anyway, as its `format` tells.
fn is_natural(schema: &Map<String, Value>, name: &str, value: &Value) -> bool {
    let (low, high) = match schema.get("format").and_then(Value::as_str) {
        Some("uint8") => (0.0, 255.0),
        Some("uint16") => (0.0, 65535.0),
        Some("int8") => (-128.0, 127.0),
        Some("int16") => (-32768.0, 32767.0),
        Some(format) if format.starts_with("uint") => (0.0, f64::INFINITY),
        _ => return false,
    };
    value.as_f64() == Some(if name == "minimum" { low } else { high })
}

/// The whole body as bytes, of any media type.
impl Extract for Bytes {
    type Prepared = ReadPlan;
    const READS_BODY: bool = true;

    fn prepare(site: &mut Site<'_>) -> Result<ReadPlan, Reported> {
        let plan = ReadPlan::prepare(site, "Bytes", RequestBody::new("*/*", json!({})))?;
        ReadPlan::make_optional(site);
        Ok(plan)
    }

    async fn extract(plan: &ReadPlan, request: &mut Request) -> Result<Self> {
        read_body(plan, request).await
    }
}

/// A body of plain text in UTF-8.
///
/// # Errors
///
/// 400 `invalid_encoding` when it is not UTF-8, 413 over the limit, 415 when another media type is
/// announced.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text(pub String);

impl Extract for Text {
    type Prepared = ReadPlan;
    const READS_BODY: bool = true;

    fn prepare(site: &mut Site<'_>) -> Result<ReadPlan, Reported> {
        let body = RequestBody::new("text/plain", json!({ "type": "string" }));
        let plan = ReadPlan::prepare(site, "Text", body)?;
        ReadPlan::make_optional(site);
        site.operation().problem(
            StatusCode::BAD_REQUEST,
            "invalid_encoding",
            "The body is not UTF-8",
        );
        Ok(plan)
    }

    async fn extract(plan: &ReadPlan, request: &mut Request) -> Result<Self> {
        if let Some(given) = request.header(CONTENT_TYPE) {
            let essence = given.split(';').next().unwrap_or_default().trim();
            if !essence.eq_ignore_ascii_case("text/plain") {
                return Err(unsupported("text/plain", &format!("`{essence}`")));
            }
        }
        let bytes = read_body(plan, request).await?;
        let text = String::from_utf8(bytes.into());
        text.map(Self).map_err(|_| Error::bad_request("invalid_encoding", "the body is not UTF-8"))
    }
}

/// The body as a stream, read as it arrives. The limit of the route does not apply: whoever reads
/// a stream decides when it is enough.
impl Extract for Body {
    type Prepared = ();
    const READS_BODY: bool = true;

    fn prepare(site: &mut Site<'_>) -> Result<(), Reported> {
        site.reads_body("Body".to_owned())?;
        let mut body = RequestBody::new("*/*", json!({}));
        body.required = false;
        site.operation().request_body = Some(body);
        Ok(())
    }

    async fn extract((): &(), request: &mut Request) -> Result<Self> {
        Ok(request.take_body())
    }
}

/// The whole request, for handlers that need everything. It is not documented by itself.
impl Extract for Request {
    type Prepared = ();
    const READS_BODY: bool = true;

    fn prepare(site: &mut Site<'_>) -> Result<(), Reported> {
        site.reads_body("Request".to_owned())
    }

    async fn extract((): &(), request: &mut Request) -> Result<Self> {
        Ok(request.take())
    }
}

#[cfg(test)]
mod tests {
    #![allow(dead_code, reason = "the fields are only looked at by the schema")]
    use garde::Validate;
    use schemars::JsonSchema;
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize, JsonSchema)]
    struct Plain {
        letter: char,
        count: u8,
        #[serde(default)]
        pair: (u8, String),
        all: Vec<String>,
    }

    #[derive(Deserialize, JsonSchema, Validate)]
    struct Limited {
        #[garde(length(min = 1))]
        name: String,
    }

    #[derive(Deserialize, JsonSchema, Validate)]
    struct Ranged(#[garde(range(min = 1))] u32);

    #[test]
    fn limits_of_rust_types_are_no_rules() {
        assert!(states_limits(&Schemas::standalone::<Ranged>()));
        assert!(!states_limits(&Schemas::standalone::<Plain>()));
        assert!(states_limits(&Schemas::standalone::<Limited>()));
        assert!(states_limits(&Schemas::standalone::<Vec<Limited>>()));
    }
}
