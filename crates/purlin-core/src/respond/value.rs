//! Values as responses: text, HTML, JSON, bytes, streams, and `Option` and `Result` of all.

use std::borrow::Cow;

use bytes::Bytes;
use http::StatusCode;
use serde_json::json;

use super::output::{HasSchema, Writable};
use super::{Answer, Respond};
use crate::body::Body;
use crate::error::{Error, Failure, Result};
use crate::extract::{Json, Text};
use crate::openapi::Direction;
use crate::response::Response;
use crate::site::Site;

impl<T: Writable + HasSchema> Respond for Json<T> {
    fn describe(site: &mut Site<'_>) {
        let schema = site.schema::<T>(Direction::Output);
        site.operation().response(StatusCode::OK, "OK").content("application/json", schema);
    }

    fn respond(self, _answer: &mut Answer<'_>) -> Result<Response> {
        Response::json(StatusCode::OK, &self.0)
    }
}

/// HTML in UTF-8, sent as it is: escape what users wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "it is matched by its field, and has no other")]
pub struct Html<T>(pub T);

impl<T: Into<Body>> Respond for Html<T> {
    fn describe(site: &mut Site<'_>) {
        let schema = json!({ "type": "string" });
        site.operation().response(StatusCode::OK, "OK").content("text/html; charset=utf-8", schema);
    }

    fn respond(self, _answer: &mut Answer<'_>) -> Result<Response> {
        Ok(Response::html(StatusCode::OK, self.0))
    }
}

fn describe_text(site: &mut Site<'_>) {
    let schema = json!({ "type": "string" });
    site.operation().response(StatusCode::OK, "OK").content("text/plain; charset=utf-8", schema);
}

fn describe_bytes(site: &mut Site<'_>) {
    let answer = site.operation().response(StatusCode::OK, "OK");
    answer.content("application/octet-stream", json!({}));
}

fn bytes(body: impl Into<Body>) -> Response {
    Response::with_body(StatusCode::OK, "application/octet-stream", body)
}

macro_rules! values {
    ($($type:ty, $describe:path, $value:ident => $make:expr;)*) => {
        $(impl Respond for $type {
            fn describe(site: &mut Site<'_>) {
                $describe(site);
            }

            fn respond(self, _answer: &mut Answer<'_>) -> Result<Response> {
                let $value = self;
                Ok($make)
            }
        })*
    };
}

values! {
    &'static str, describe_text, text => Response::text(StatusCode::OK, text);
    String, describe_text, text => Response::text(StatusCode::OK, text);
    Cow<'static, str>, describe_text, text => Response::text(StatusCode::OK, text.into_owned());
    Text, describe_text, text => Response::text(StatusCode::OK, text.0);
    Bytes, describe_bytes, body => bytes(body);
    Vec<u8>, describe_bytes, body => bytes(body);
    &'static [u8], describe_bytes, body => bytes(body);
    Body, describe_bytes, body => bytes(body);
}

/// A response made by hand says nothing in the document; it may be anything.
impl Respond for Response {
    fn describe(site: &mut Site<'_>) {
        let key = crate::openapi::StatusKey::default_response();
        site.operation().response(key, "Any answer").content("*/*", json!({}));
    }

    fn respond(self, _answer: &mut Answer<'_>) -> Result<Response> {
        Ok(self)
    }
}

/// A response of the `http` crate.
impl<B> Respond for http::Response<B>
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<crate::body::BoxError>,
{
    fn describe(site: &mut Site<'_>) {
        Response::describe(site);
    }

    fn respond(self, _answer: &mut Answer<'_>) -> Result<Response> {
        Ok(self.into())
    }
}

/// `None` is 404 `not_found`.
impl<T: Respond> Respond for Option<T> {
    fn describe(site: &mut Site<'_>) {
        T::describe(site);
        site.operation().problem(StatusCode::NOT_FOUND, "not_found", "There is no such thing");
    }

    fn respond(self, answer: &mut Answer<'_>) -> Result<Response> {
        match self {
            Some(value) => value.respond(answer),
            None => Err(Error::not_found("there is no such thing")),
        }
    }
}

impl<T: Respond, E: Failure> Respond for Result<T, E> {
    fn describe(site: &mut Site<'_>) {
        T::describe(site);
        site.problems(E::document);
        site.recognizes(E::recognize);
    }

    fn respond(self, answer: &mut Answer<'_>) -> Result<Response> {
        match self {
            Ok(value) => value.respond(answer),
            Err(error) => Err(error.into_error()),
        }
    }
}
