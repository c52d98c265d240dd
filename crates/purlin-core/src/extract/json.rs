//! `Json<T>`: a JSON body, read into a type, checked by its rules, documented by its schema.

use std::ops::{Deref, DerefMut};

use bytes::Bytes;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde_json::Value;

use super::Extract;
use super::body::{ReadPlan, read_body};
use super::input::{Input, Rejected, fault_at};
use crate::error::{Error, Fault, FaultIn, Result};
use crate::openapi::{Direction, RequestBody, Schemas};
use crate::report::Reported;
use crate::request::Request;
use crate::schema::{Refusal, faults_of};
use crate::site::Site;

/// A JSON body: of a request where it is an argument, of a response where it is returned.
///
/// As an argument, `T` is an [`Input`]: read by `serde`, checked by `garde`, documented by
/// `schemars`. As a return value it only needs `Serialize` and `JsonSchema`.
///
/// # Errors
///
/// | status | code | when |
/// |---|---|---|
/// | 400 | `invalid_json` | the body is not JSON; line and column are named |
/// | 413 | `body_too_large` | the body is larger than the route allows |
/// | 415 | `unsupported_media_type` | the body is said to be something else |
/// | 422 | `invalid_input` | a value is of the wrong type, missing, or breaks a rule |
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Json<T>(pub T);

impl<T> Deref for Json<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Json<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: Input> Extract for Json<T> {
    type Prepared = ReadPlan;
    const READS_BODY: bool = true;

    fn prepare(site: &mut Site<'_>) -> Result<ReadPlan, Reported> {
        super::body::refuse_unchecked_limits::<T>(site)?;
        let schema = site.schema::<T>(Direction::Input);
        let plan = ReadPlan::prepare(site, "Json", RequestBody::new("application/json", schema))?;
        let operation = site.operation();
        operation.problem(StatusCode::BAD_REQUEST, "invalid_json", "The body is not JSON");
        operation.problem(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid_input",
            "The input breaks its rules",
        );
        Ok(plan)
    }

    fn prepare_optional(site: &mut Site<'_>) -> Result<Option<ReadPlan>, Reported> {
        let plan = Self::prepare(site)?;
        ReadPlan::make_optional(site);
        Ok(Some(plan))
    }

    async fn extract(plan: &ReadPlan, request: &mut Request) -> Result<Self> {
        let bytes = json_bytes(plan, request).await?;
        read::<T>(&bytes).map(Self).map_err(|rejected| rejected.error)
    }
}

/// Reads the bytes of a body that says it is JSON.
pub(super) async fn json_bytes(plan: &ReadPlan, request: &mut Request) -> Result<Bytes> {
    check_type(request)?;
    let bytes = read_body(plan, request).await?;
    if bytes.is_empty() {
        let fault = Fault::body("", "required", "a JSON body is required");
        return Err(Error::invalid(vec![fault]).absent());
    }
    Ok(bytes)
}

/// RFC 8259 names `application/json`, RFC 6839 §3.1 the suffix `+json`.
fn check_type(request: &Request) -> Result {
    let Some(value) = request.headers().get(CONTENT_TYPE) else {
        // A request without a body has no type either; the body reader says what is missing.
        return if request.body().is_empty() { Ok(()) } else { Err(unsupported("nothing")) };
    };
    let value = value.to_str().unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default().trim();
    let is_json = essence.eq_ignore_ascii_case("application/json")
        || essence
            .get(essence.len().saturating_sub(5)..)
            .is_some_and(|end| end.eq_ignore_ascii_case("+json"));
    if is_json { Ok(()) } else { Err(unsupported(&format!("`{essence}`"))) }
}

#[cold]
fn unsupported(given: &str) -> Error {
    super::body::unsupported("application/json", given)
}

/// The hot path: `serde` into the type, then its rules.
pub(super) fn read<T: Input>(bytes: &[u8]) -> Result<T, Rejected<T>> {
    if let Ok(value) = serde_json::from_slice::<T>(bytes) {
        return match value.rules() {
            Ok(()) => Ok(value),
            Err(report) => Err(reject(bytes, Some(value), Some(&report))),
        };
    }
    // `1.0` and `1` are one number in JSON, and two in `serde`.
    match reread::<T>(bytes) {
        Some(value) => match value.rules() {
            Ok(()) => Ok(value),
            Err(report) => Err(reject(bytes, Some(value), Some(&report))),
        },
        None => Err(reject(bytes, None, None)),
    }
}

/// The cold path's second try, with whole numbers written as such.
#[cold]
fn reread<T: Input>(bytes: &[u8]) -> Option<T> {
    let mut value: Value = serde_json::from_slice(bytes).ok()?;
    if !write_whole_numbers(&mut value) {
        return None;
    }
    T::deserialize(value).ok()
}

/// Turns `1.0` into `1`, everywhere in a value; says whether there was one.
fn write_whole_numbers(value: &mut Value) -> bool {
    match value {
        Value::Array(items) => {
            items.iter_mut().fold(false, |any, item| write_whole_numbers(item) | any)
        }
        Value::Object(members) => {
            members.values_mut().fold(false, |any, member| write_whole_numbers(member) | any)
        }
        Value::Number(number) if number.is_f64() => {
            // Written without a fraction or an exponent, or left alone: beyond 2^53 a float does
            // not say which whole number it is.
            let exact =
                number.as_f64().filter(|n| n.fract() == 0.0 && n.abs() <= 9_007_199_254_740_992.0);
            let whole = exact.and_then(|n| format!("{n:.0}").parse::<i64>().ok());
            match whole {
                Some(whole) => {
                    *value = whole.into();
                    true
                }
                None => false,
            }
        }
        _ => false,
    }
}

#[cold]
fn reject<T: Input>(bytes: &[u8], value: Option<T>, report: Option<&garde::Report>) -> Rejected<T> {
    let schema = Schemas::standalone::<T>();
    let error = match faults_of::<T>(bytes, &schema, &schema, report) {
        Refusal::Syntax { line, column, message } => syntax_error(line, column, &message),
        Refusal::Faults(faults) => {
            Error::invalid(faults.into_iter().map(|fault| fault_at(FaultIn::Body, fault)).collect())
        }
    };
    Rejected { error, value }
}

fn syntax_error(line: usize, column: usize, message: &str) -> Error {
    let detail = format!("the body is not JSON: {message} at line {line}, column {column}");
    Error::bad_request("invalid_json", detail)
        .with_member("line", line)
        .with_member("column", column)
}
