//! What is kept of a request while a handler consumes it.

use std::sync::Arc;

use http::{HeaderMap, Method, Uri};

use super::RequestId;
use super::head::Head;
use crate::connection::Connection;

/// What error handlers, hooks and the log know of a request that a handler has consumed: its whole
/// head, as it was when it reached them. It is shared with the request; a clone allocates nothing.
#[derive(Clone, Debug)]
pub struct Facts(Arc<Head>);

impl Facts {
    pub(super) fn of(head: &Arc<Head>) -> Self {
        Self(Arc::clone(head))
    }

    pub(super) fn head(&self) -> &Arc<Head> {
        &self.0
    }

    /// The method.
    pub fn method(&self) -> &Method {
        &self.0.method
    }

    /// The target.
    pub fn uri(&self) -> &Uri {
        &self.0.uri
    }

    /// The path as the client sent it, percent-encoded.
    pub fn path(&self) -> &str {
        self.0.uri.path()
    }

    /// The header fields.
    pub fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    /// The id of the request.
    pub fn id(&self) -> &RequestId {
        self.0.id()
    }

    /// The connection it arrived on.
    pub fn connection(&self) -> &Connection {
        &self.0.connection
    }

    /// The raw text of the path parameter at an index, percent-encoded.
    pub(crate) fn capture(&self, index: usize) -> Option<&str> {
        self.0.captures.get(index, self.0.routing_path())
    }
}
