//! Responses without a body.

use http::StatusCode;

use super::{Answer, Respond};
use crate::error::Result;
use crate::response::Response;
use crate::site::Site;

/// 204: done, and there is nothing to say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "it is returned by its name")]
pub struct NoContent;

impl Respond for NoContent {
    fn describe(site: &mut Site<'_>) {
        site.operation().response(StatusCode::NO_CONTENT, "Done");
    }

    fn respond(self, _answer: &mut Answer<'_>) -> Result<Response> {
        Ok(Response::new(StatusCode::NO_CONTENT))
    }
}

impl Respond for () {
    fn describe(site: &mut Site<'_>) {
        NoContent::describe(site);
    }

    fn respond(self, answer: &mut Answer<'_>) -> Result<Response> {
        NoContent.respond(answer)
    }
}

/// A status alone, documented as `default` because the type does not say which.
impl Respond for StatusCode {
    fn describe(site: &mut Site<'_>) {
        let key = crate::openapi::StatusKey::default_response();
        site.operation().response(key, "A status without a body");
    }

    fn respond(self, _answer: &mut Answer<'_>) -> Result<Response> {
        Ok(Response::new(self))
    }
}
