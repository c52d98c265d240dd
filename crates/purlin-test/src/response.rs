//! An answer, to be looked at.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::header::AsHeaderName;
use http::{HeaderMap, Method, StatusCode};
use purlin_core::{Body, Error};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::exchange::Exchange;
use crate::subject::Subject;

/// An answer, with the exchange it was part of.
///
/// Looking at it costs nothing; methods that begin with `assert_` fail the test and print the whole
/// exchange. [`Display`](fmt::Display) prints it as well.
pub struct TestResponse {
    pub(crate) exchange: Exchange,
    /// What was not read, of a request that said so.
    pub(crate) rest: Option<Body>,
    pub(crate) subject: Arc<Subject>,
}

impl fmt::Display for TestResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.exchange.fmt(f)
    }
}

impl fmt::Debug for TestResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Exchange { method, uri, status, .. } = &self.exchange;
        write!(f, "TestResponse({method} {uri}: {status})")
    }
}

impl TestResponse {
    /// The status.
    pub fn status(&self) -> StatusCode {
        self.exchange.status
    }

    /// The first value of a header field, where it is text.
    pub fn header(&self, name: impl AsHeaderName) -> Option<&str> {
        self.exchange.headers.get(name)?.to_str().ok()
    }

    /// The header fields.
    pub fn headers(&self) -> &HeaderMap {
        &self.exchange.headers
    }

    /// The fields after the body.
    pub fn trailers(&self) -> Option<&HeaderMap> {
        self.exchange.trailers.as_ref()
    }

    /// The body.
    pub fn bytes(&self) -> &Bytes {
        &self.exchange.body
    }

    /// The body as text; bytes that are no UTF-8 are replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.exchange.body).into_owned()
    }

    /// The body as a value of a type.
    ///
    /// # Panics
    ///
    /// With the exchange, when it is no such value.
    #[track_caller]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        match serde_json::from_slice(&self.exchange.body) {
            Ok(value) => value,
            Err(error) => {
                let name = std::any::type_name::<T>();
                self.fail(&format!("the body is no `{name}`: {error}"))
            }
        }
    }

    /// The body as a JSON value.
    ///
    /// # Panics
    ///
    /// With the exchange, when it is not JSON.
    #[track_caller]
    pub fn json_value(&self) -> Value {
        self.json()
    }

    /// The error that the answer was made of, with its chain of causes.
    pub fn error(&self) -> Option<&Error> {
        self.exchange.error.as_deref()
    }

    /// The method and the pattern of the route that answered; `None` for 404 and 405.
    pub fn route(&self) -> Option<(&Method, &str)> {
        let route = &self.exchange.route;
        (!route.pattern().is_empty()).then(|| (route.method(), route.pattern()))
    }

    /// Why the body broke off, if it did.
    pub fn broken(&self) -> Option<&str> {
        self.exchange.broken.as_deref()
    }

    /// The next chunk of a body that is read while it is written; see
    /// [`streamed`](crate::TestRequest::streamed).
    pub async fn chunk(&mut self) -> Option<Bytes> {
        loop {
            match self.rest.as_mut()?.frame().await? {
                Ok(frame) => {
                    if let Ok(data) = frame.into_data() {
                        return Some(data);
                    }
                }
                Err(error) => {
                    self.exchange.broken = Some(error.to_string());
                    self.rest = None;
                }
            }
        }
    }

    /// Ends the test with what is wrong and the whole exchange.
    #[track_caller]
    pub(crate) fn fail(&self, what: &str) -> ! {
        panic!("{what}\n\n{}", self.exchange)
    }
}
