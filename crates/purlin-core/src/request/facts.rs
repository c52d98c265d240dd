//! What is kept of a request while a handler consumes it.

use http::{HeaderMap, Method, Uri};

use super::RequestId;
use super::head::SharedHead;
use crate::connection::Connection;

/// What error handlers, hooks and the log know of a request that a handler has consumed: its whole
/// head, as it was when it reached them. It is shared with the request; a clone allocates nothing.
#[derive(Clone, Debug)]
pub struct Facts(SharedHead);

impl Facts {
    pub(super) fn of(head: &SharedHead) -> Self {
        Self(head.clone())
    }

    pub(super) fn head(&self) -> &SharedHead {
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

    /// The first value of a header field, where it is text.
    pub fn header(&self, name: impl http::header::AsHeaderName) -> Option<&str> {
        self.0.headers.get(name)?.to_str().ok()
    }

    /// The query string without its question mark, percent-encoded; empty when there is none.
    pub fn query(&self) -> &str {
        self.0.uri.query().unwrap_or_default()
    }

    /// The values of one parameter of the query.
    pub(crate) fn query_values<'f>(&'f self, name: &'f str) -> impl Iterator<Item = String> + 'f {
        let pairs = serde_html_form::from_str::<Vec<(String, String)>>(self.query());
        let pairs = pairs.unwrap_or_default().into_iter();
        pairs.filter(move |(known, _)| known == name).map(|(_, value)| value)
    }

    /// The id of the request.
    pub fn id(&self) -> &RequestId {
        self.0.id()
    }

    /// The connection it arrived on.
    pub fn connection(&self) -> &Connection {
        &self.0.connection
    }

    /// The raw text of the parameter at an index, percent-encoded.
    pub(crate) fn capture(&self, index: usize) -> Option<&str> {
        self.0.capture(index)
    }
}
