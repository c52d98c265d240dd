//! Responses whose status is part of their type, and so of the document.

use http::header::LOCATION;
use http::{HeaderValue, StatusCode};
use serde_json::json;

use super::{Answer, Respond};
use crate::error::{Error, Result};
use crate::openapi::StatusKey;
use crate::response::Response;
use crate::site::Site;
use crate::url::Url;

/// A response with another status than 200: `Status<202, Json<Job>>`.
///
/// The status is at least 200: what is below comes before an answer (RFC 9110 §15.2).
///
/// ```compile_fail,E0080
/// use purlin_core::{Routes, Status};
///
/// async fn early() -> Status<103, &'static str> {
///     Status("no answer")
/// }
/// let routes = Routes::new().get("/", early);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "it is matched by its field, and has no other")]
pub struct Status<const CODE: u16, T>(pub T);

impl<const CODE: u16, T: Respond> Respond for Status<CODE, T> {
    fn describe(site: &mut Site<'_>) {
        const { assert!(CODE >= 200 && CODE < 1000, "the status of an answer is 200 to 999") };
        describe_as::<T>(site, StatusCode::from_u16(CODE).unwrap_or_default().into());
    }

    fn respond(self, answer: &mut Answer<'_>) -> Result<Response> {
        let mut response = self.0.respond(answer)?;
        response.set_status(StatusCode::from_u16(CODE).map_err(Error::from)?);
        Ok(response)
    }
}

/// Describes `T`, with its success under another status.
pub(super) fn describe_as<T: Respond>(site: &mut Site<'_>, status: StatusKey) {
    T::describe(site);
    let operation = site.operation();
    let success = [StatusCode::OK, StatusCode::NO_CONTENT];
    let key = success.iter().find(|ok| operation.responses.contains(ok.as_str()));
    let removed = key.and_then(|key| operation.responses.remove(key.as_str()));
    let mut answer = removed.unwrap_or_default();
    // Words that nobody chose are those of the status.
    if let Some(reason) = status.reason()
        && ["", "Done", "OK"].contains(&&*answer.description)
    {
        answer.description = reason.into();
    }
    *operation.response(status, "") = answer;
}

/// Describes one of several responses, beside those that were described before.
pub(crate) fn describe_alternative<T: Respond>(
    site: &mut Site<'_>,
    status: Option<StatusCode>,
    doc: &'static str,
) {
    let before = std::mem::take(&mut site.operation().responses);
    match status {
        Some(status) => describe_as::<T>(site, status.into()),
        None => T::describe(site),
    }
    let added = std::mem::replace(&mut site.operation().responses, before);
    for (key, answer) in added {
        let known = site.operation().responses.get_or_add(key);
        let is_success = !answer.problem;
        for (media_type, media) in answer.content {
            known.content(&media_type, media.schema);
        }
        known.headers.extend(answer.headers);
        known.codes.extend(answer.codes);
        known.problem |= answer.problem;
        if is_success && !doc.is_empty() {
            known.description = doc.into();
        } else if known.description.is_empty() {
            known.description = answer.description;
        }
    }
}

/// 201: something was created, and this is where it is.
///
/// ```
/// use purlin_core::{Created, Json};
///
/// async fn create() -> Created<Json<u32>> {
///     Created::at("/books/7", Json(7))
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Created<T> {
    url: Url,
    value: T,
}

impl<T> Created<T> {
    /// Answers with the address of what was created, and with a value.
    pub fn at(url: impl Into<Url>, value: T) -> Self {
        Self { url: url.into(), value }
    }

    /// The value, for tests that call a handler directly.
    pub fn into_inner(self) -> T {
        self.value
    }
}

impl<T: Respond> Respond for Created<T> {
    fn describe(site: &mut Site<'_>) {
        describe_as::<T>(site, StatusCode::CREATED.into());
        let schema = json!({ "type": "string", "format": "uri-reference" });
        let answer = site.operation().response(StatusCode::CREATED, "");
        answer.description = "Created".into();
        answer.required_header("Location", "Where it is", schema);
    }

    fn respond(self, answer: &mut Answer<'_>) -> Result<Response> {
        let location = answer.url(&self.url)?;
        let mut response = self.value.respond(answer)?;
        response.set_status(StatusCode::CREATED);
        response.headers_mut().insert(LOCATION, HeaderValue::try_from(location)?);
        Ok(response)
    }
}

/// 202: it was understood, and will be done later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "it is matched by its field, and has no other")]
pub struct Accepted<T>(pub T);

impl<T: Respond> Respond for Accepted<T> {
    fn describe(site: &mut Site<'_>) {
        describe_as::<T>(site, StatusCode::ACCEPTED.into());
        site.operation().response(StatusCode::ACCEPTED, "").description = "Accepted".into();
    }

    fn respond(self, answer: &mut Answer<'_>) -> Result<Response> {
        let mut response = self.0.respond(answer)?;
        response.set_status(StatusCode::ACCEPTED);
        Ok(response)
    }
}
