//! A response on its way to the client.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Extensions, HeaderMap, HeaderName, HeaderValue, StatusCode};

use crate::body::Body;
use crate::error::{Error, Result};
use crate::spare;

/// A response on its way to the client.
///
/// Handlers rarely make one by hand: they return a value that becomes one. Middleware and hooks
/// see and change it; tests read it back. It lies in memory of its own, so that to pass it on, from
/// the handler through all middleware to the connection, moves one word.
#[derive(Debug, Default)]
pub struct Response(Box<http::Response<Body>>);

impl Response {
    /// A response with a status and nothing else.
    pub fn new(status: StatusCode) -> Self {
        let mut response = Self(spare::response());
        response.set_status(status);
        response
    }

    /// A response with a body of a media type.
    pub fn with_body(
        status: StatusCode,
        content_type: &'static str,
        body: impl Into<Body>,
    ) -> Self {
        Self::of_type(status, HeaderValue::from_static(content_type), body.into())
    }

    /// As [`with_body`](Self::with_body), for a media type of which it is checked already that it can
    /// be a value.
    fn of_type(status: StatusCode, content_type: HeaderValue, body: Body) -> Self {
        let mut response = Self::new(status);
        *response.body_mut() = body;
        // There is no other field yet, so that nothing is replaced.
        response.headers_mut().append(CONTENT_TYPE, content_type);
        response
    }

    /// A JSON body.
    ///
    /// # Errors
    ///
    /// When the value cannot be written as JSON: a map whose keys are no strings, for example.
    pub fn json(status: StatusCode, value: &impl serde::Serialize) -> Result<Self> {
        const JSON: HeaderValue = HeaderValue::from_static("application/json");
        let body = spare::written(|buffer| serde_json::to_writer(buffer, value))?;
        Ok(Self::of_type(status, JSON, body.into()))
    }

    /// Plain text in UTF-8.
    pub fn text(status: StatusCode, text: impl Into<Body>) -> Self {
        const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
        Self::of_type(status, TEXT, text.into())
    }

    /// HTML in UTF-8. The text is sent as it is: escape what users wrote.
    pub fn html(status: StatusCode, html: impl Into<Body>) -> Self {
        const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
        Self::of_type(status, HTML, html.into())
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.0.status()
    }

    /// Changes the status.
    pub fn set_status(&mut self, status: StatusCode) {
        *self.0.status_mut() = status;
    }

    /// The header fields.
    pub fn headers(&self) -> &HeaderMap {
        self.0.headers()
    }

    /// The header fields, to be changed.
    pub fn headers_mut(&mut self) -> &mut HeaderMap {
        self.0.headers_mut()
    }

    /// The first value of a header field, where it is text.
    pub fn header(&self, name: impl http::header::AsHeaderName) -> Option<&str> {
        self.0.headers().get(name)?.to_str().ok()
    }

    /// Sets a header field from parts that may be wrong.
    ///
    /// # Errors
    ///
    /// When name or value holds what a header may not, such as a line break: nothing that a user
    /// wrote can end one header and begin the next.
    pub fn set_header(&mut self, name: &str, value: &str) -> Result<()> {
        let name = HeaderName::try_from(name)?;
        self.0.headers_mut().insert(name, HeaderValue::try_from(value)?);
        Ok(())
    }

    /// The body.
    pub fn body(&self) -> &Body {
        self.0.body()
    }

    /// The body, to be changed or read.
    pub fn body_mut(&mut self) -> &mut Body {
        self.0.body_mut()
    }

    /// Takes the body and leaves an empty one.
    pub fn take_body(&mut self) -> Body {
        std::mem::take(self.0.body_mut())
    }

    /// The bytes of a body that is completely in memory.
    pub fn bytes(&self) -> Option<&[u8]> {
        self.0.body().as_bytes()
    }

    /// The body as a value, where it is JSON in memory: for tests.
    pub fn json_body(&self) -> Option<serde_json::Value> {
        serde_json::from_slice(self.0.body().as_bytes()?).ok()
    }

    /// Values that ride along for steps further out: the [`Error`] behind an error response, say.
    pub fn extensions(&self) -> &Extensions {
        self.0.extensions()
    }

    /// Values that ride along, to be changed.
    pub fn extensions_mut(&mut self) -> &mut Extensions {
        self.0.extensions_mut()
    }

    /// The error this response was rendered from.
    pub fn error(&self) -> Option<&Error> {
        self.0.extensions().get::<std::sync::Arc<Error>>().map(|error| &**error)
    }

    /// Turns the response into the `http` crate's.
    pub fn into_http(self) -> http::Response<Body> {
        self.into_http_with(|body| body)
    }

    /// As [`into_http`](Self::into_http), with what is made of the body in its place.
    pub fn into_http_with<B>(self, body: impl FnOnce(Body) -> B) -> http::Response<B> {
        spare::take_response(self.0, body)
    }
}

impl<B> From<http::Response<B>> for Response
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<crate::body::BoxError>,
{
    fn from(response: http::Response<B>) -> Self {
        Self(Box::new(response.map(Body::of)))
    }
}
