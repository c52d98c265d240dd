//! Redirects, by the method the client shall use next.

use http::header::LOCATION;
use http::{HeaderValue, StatusCode};
use serde_json::json;

use super::{Answer, Respond};
use crate::error::Result;
use crate::openapi::StatusKey;
use crate::response::Response;
use crate::site::Site;
use crate::url::Url;

/// Sends the client elsewhere (RFC 9110 §15.4): to the address of a route such as `show::url(id)`, or
/// to a path that is written in the program.
///
/// ```
/// use purlin_core::Redirect;
///
/// async fn old() -> Redirect {
///     Redirect::permanent("/new")
/// }
/// ```
///
/// Text that is only known at run time is no address by itself, so that no client chooses where your
/// redirects lead: [`Url::local`] checks that it stays here, [`Url::external`] says that it need not.
#[derive(Clone, Debug)]
pub struct Redirect {
    status: StatusCode,
    url: Url,
}

impl Redirect {
    /// 303: look there with GET, as after a form.
    pub fn to(url: impl Into<Url>) -> Self {
        Self { status: StatusCode::SEE_OTHER, url: url.into() }
    }

    /// 302: it is there this time; clients may change POST to GET.
    pub fn found(url: impl Into<Url>) -> Self {
        Self { status: StatusCode::FOUND, url: url.into() }
    }

    /// 307: ask there this time, with the same method and body.
    pub fn temporary(url: impl Into<Url>) -> Self {
        Self { status: StatusCode::TEMPORARY_REDIRECT, url: url.into() }
    }

    /// 308: it is there for good; same method and body.
    pub fn permanent(url: impl Into<Url>) -> Self {
        Self { status: StatusCode::PERMANENT_REDIRECT, url: url.into() }
    }
}

impl Respond for Redirect {
    fn describe(site: &mut Site<'_>) {
        let schema = json!({ "type": "string", "format": "uri-reference" });
        let answer = site.operation().response(StatusKey::redirect(), "Elsewhere");
        answer.required_header("Location", "Where to go", schema);
    }

    fn respond(self, answer: &mut Answer<'_>) -> Result<Response> {
        let mut response = Response::new(self.status);
        let location = answer.url(&self.url)?;
        response.headers_mut().insert(LOCATION, HeaderValue::try_from(location)?);
        Ok(response)
    }
}
