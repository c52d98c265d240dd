//! What is kept of a request while a handler consumes it.

use std::sync::Arc;

use http::header::ACCEPT;
use http::{HeaderMap, HeaderValue, Method, Uri};

use super::{Request, RequestId};
use crate::connection::Connection;

/// What error handlers, hooks and the log know of a request that a handler has consumed.
///
/// All fields are shared with the request, not copied: keeping them allocates nothing.
#[derive(Clone, Debug)]
pub struct Facts {
    method: Method,
    uri: Uri,
    accept: Option<HeaderValue>,
    origin: Option<HeaderValue>,
    id: RequestId,
    connection: Arc<Connection>,
    headers: Option<Arc<HeaderMap>>,
}

impl Facts {
    pub(super) fn of(request: &Request, whole_head: bool) -> Self {
        let headers = &request.head.headers;
        Self {
            method: request.head.method.clone(),
            uri: request.head.uri.clone(),
            accept: headers.get(ACCEPT).cloned(),
            origin: headers.get(http::header::ORIGIN).cloned(),
            id: request.id.clone(),
            connection: Arc::clone(&request.connection),
            headers: whole_head.then(|| Arc::new(headers.clone())),
        }
    }

    /// The method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The target.
    pub fn uri(&self) -> &Uri {
        &self.uri
    }

    /// The path as the client sent it, percent-encoded.
    pub fn path(&self) -> &str {
        self.uri.path()
    }

    /// The `Accept` header.
    pub fn accept(&self) -> Option<&HeaderValue> {
        self.accept.as_ref()
    }

    /// The `Origin` header.
    pub fn origin(&self) -> Option<&HeaderValue> {
        self.origin.as_ref()
    }

    /// The id of the request.
    pub fn id(&self) -> &RequestId {
        &self.id
    }

    /// The connection it arrived on.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// All header fields; kept in development only.
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.headers.as_deref()
    }
}
