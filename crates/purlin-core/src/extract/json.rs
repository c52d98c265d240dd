//! `Json<T>`: a JSON body, read into a type, checked by its rules, documented by its schema.

use std::ops::{Deref, DerefMut};

use bytes::Bytes;
use http::StatusCode;
use serde_json::Value;

use super::Extract;
use super::body::{ReadPlan, check_type, read_body};
use super::input::{Input, Rejected, fault_at};
use super::typed::TypedPlan;
use crate::error::{Error, Fault, FaultIn, Result};
use crate::report::Reported;
use crate::request::Request;
use crate::schema::{Refusal, faults_of, whole};
use crate::site::Site;

const JSON: &str = "application/json";

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
#[expect(clippy::exhaustive_structs, reason = "it is matched by its field, and has no other")]
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
    type Prepared = TypedPlan;
    const READS_BODY: bool = true;

    fn prepare(site: &mut Site<'_>) -> Result<TypedPlan, Reported> {
        let plan = TypedPlan::prepare::<T>(site, "Json", JSON)?;
        site.operation().problem(StatusCode::BAD_REQUEST, "invalid_json", "The body is not JSON");
        Ok(plan)
    }

    fn prepare_optional(site: &mut Site<'_>) -> Result<Option<TypedPlan>, Reported> {
        let plan = Self::prepare(site)?;
        ReadPlan::make_optional(site);
        Ok(Some(plan))
    }

    async fn extract(plan: &TypedPlan, request: &mut Request) -> Result<Self> {
        let bytes = json_bytes(&plan.read, request).await?;
        read::<T>(&plan.schema, &bytes).map(Self).map_err(|rejected| rejected.error)
    }
}

/// Reads the bytes of a body that says it is JSON.
pub(super) async fn json_bytes(plan: &ReadPlan, request: &mut Request) -> Result<Bytes> {
    check_type(request, JSON)?;
    let bytes = read_body(plan, request).await?;
    if bytes.is_empty() {
        let fault = Fault::body("", "required", "a JSON body is required");
        return Err(Error::invalid(vec![fault]).absent());
    }
    Ok(bytes)
}

/// The hot path: `serde` into the type, then its rules. The schema explains a refusal.
pub(super) fn read<T: Input>(schema: &Value, bytes: &[u8]) -> Result<T, Rejected<T>> {
    // `1.0` and `1` are one number in JSON, and two in `serde`.
    let Some(value) = whole::from_slice::<T>(bytes) else {
        return Err(reject(schema, bytes, None, None));
    };
    match value.rules() {
        Ok(()) => Ok(value),
        Err(report) => Err(reject(schema, bytes, Some(value), Some(&report))),
    }
}

#[cold]
fn reject<T: Input>(
    schema: &Value,
    bytes: &[u8],
    value: Option<T>,
    report: Option<&garde::Report>,
) -> Rejected<T> {
    let error = match faults_of::<T>(bytes, schema, schema, report) {
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
