//! Bodies as they are: bytes, text, a stream, the whole request.

use std::io;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use serde_json::json;

use super::Extract;
use crate::body::{Body, BoxError, ReadError};
use crate::error::{Error, Result};
use crate::negotiate::{essence, is_json};
use crate::openapi::RequestBody;
use crate::report::Reported;
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
        let typed = !body.content.contains("*/*");
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

/// Reads the whole body for a step that hands it on.
pub(crate) async fn read_whole(request: &mut Request, limit: usize) -> Result<Bytes> {
    read_body(&ReadPlan { limit }, request).await
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
    refuse_announced(request, plan.limit)?;
    let mut body = request.take_body();
    body.collect(plan.limit).await.map_err(|error| match error {
        ReadError::TooLarge => too_large(plan.limit),
        ReadError::Broken(source) => broken(source),
    })
}

/// Refuses a body that is said to be too large, before the client is asked to go on (RFC 9110
/// §10.1.1).
pub(super) fn refuse_announced(request: &Request, limit: usize) -> Result {
    let announced = request.header(CONTENT_LENGTH).and_then(|length| length.parse::<u64>().ok());
    let is_too_large = announced.is_some_and(|length| length > limit as u64);
    if is_too_large { Err(too_large(limit)) } else { Ok(()) }
}

/// Why a body that broke off is refused.
#[cold]
pub(super) fn broken(source: BoxError) -> Error {
    if is_timeout(&*source) {
        return body_timeout().with_source(source);
    }
    Error::bad_request("incomplete_body", "the body ended before its end").with_source(source)
}

/// Whether the server has given up waiting for more of the body.
fn is_timeout(error: &(dyn std::error::Error + 'static)) -> bool {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes
        .filter_map(|error| error.downcast_ref::<io::Error>())
        .any(|error| error.kind() == io::ErrorKind::TimedOut)
}

/// 408 (RFC 9110 §15.5.9).
#[cold]
pub(crate) fn body_timeout() -> Error {
    let detail = "the body did not come in the time there is for it";
    Error::new(StatusCode::REQUEST_TIMEOUT, "body_timeout", detail)
}

#[cold]
pub(super) fn too_large(limit: usize) -> Error {
    let detail = format!("the body is larger than the {limit} bytes this route takes");
    Error::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail).with_member("limit", limit)
}

/// Refuses a body that is said to be something else than what is wanted; JSON may also come as one
/// of the formats that are written in it.
pub(super) fn check_type(request: &Request, wanted: &'static str) -> Result {
    check_types(request, &[wanted]).map(drop)
}

/// As [`check_type`], where several are wanted: says which it is. `None` is that of a request
/// without a body, which has no type either; the body reader says what is missing.
pub(super) fn check_types(
    request: &Request,
    wanted: &[&'static str],
) -> Result<Option<&'static str>> {
    let Some(given) = request.headers().get(CONTENT_TYPE) else {
        let is_empty = request.body().is_empty();
        return if is_empty { Ok(None) } else { Err(unsupported(wanted, "nothing")) };
    };
    let given = essence(given.to_str().unwrap_or_default());
    let fits = |wanted: &&str| {
        given.eq_ignore_ascii_case(wanted) || *wanted == "application/json" && is_json(given)
    };
    let found = wanted.iter().copied().find(fits);
    found.map(Some).ok_or_else(|| unsupported(wanted, &format!("`{given}`")))
}

/// 415, with the types that would do (RFC 9110 §15.5.16).
#[cold]
fn unsupported(wanted: &[&str], given: &str) -> Error {
    let detail =
        format!("the body must be `{}`, its Content-Type says {given}", wanted.join("` or `"));
    let error = Error::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail);
    match HeaderValue::try_from(wanted.join(", ")) {
        Ok(wanted) => error.with_header(http::header::ACCEPT, wanted),
        Err(_) => error,
    }
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
#[expect(clippy::exhaustive_structs, reason = "it is matched by its field, and has no other")]
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
        // Text needs no announcement.
        if request.headers().contains_key(CONTENT_TYPE) {
            check_type(request, "text/plain")?;
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
