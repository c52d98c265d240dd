//! A request: its head, its body, and what the way through the application adds to it.

mod captures;
mod facts;
mod id;
mod scope;

use std::net::SocketAddr;
use std::sync::Arc;

use http::{Extensions, HeaderMap, Method, Uri, Version};

pub(crate) use self::captures::Captures;
pub use self::facts::Facts;
pub(crate) use self::id::HEADER as REQUEST_ID;
pub use self::id::RequestId;
pub(crate) use self::scope::{Finish, Scope};
use crate::body::Body;
use crate::connection::Connection;
use crate::error::Error;

/// A request on its way to a handler.
///
/// Handlers take it apart with extractors; middleware and tests see it whole.
#[derive(Debug)]
pub struct Request {
    head: http::request::Parts,
    body: Body,
    /// The path in canonical encoding, where the client's spelling differs from it.
    canonical: Option<Box<str>>,
    captures: Captures,
    connection: Arc<Connection>,
    id: RequestId,
    scope: Option<Arc<Scope>>,
    /// Why the request goes to no route: refused, not found, wrong method.
    stray: Option<Error>,
}

impl Request {
    /// A request to `localhost` with a method, a path with perhaps a query, and nothing else; for
    /// tests and for calling an application in process.
    ///
    /// # Panics
    ///
    /// When `target` is no valid request target.
    #[track_caller]
    pub fn new(method: Method, target: &str) -> Self {
        let uri: Uri = match target.parse() {
            Ok(uri) => uri,
            Err(error) => panic!("`{target}` is not a request target: {error}"),
        };
        let mut head = http::Request::new(()).into_parts().0;
        head.method = method;
        head.uri = uri;
        head.headers.insert(http::header::HOST, http::HeaderValue::from_static("localhost"));
        Self::from_parts(head, Body::Empty, Connection::in_process())
    }

    /// A request as it came from a connection.
    pub fn from_parts(head: http::request::Parts, body: Body, connection: Arc<Connection>) -> Self {
        Self {
            id: RequestId::of(&head.headers),
            head,
            body,
            canonical: None,
            captures: Captures::default(),
            connection,
            scope: None,
            stray: None,
        }
    }

    /// A stand-in for a request that was consumed, to write an answer by.
    pub(crate) fn of_facts(facts: &Facts) -> Self {
        let mut head = http::Request::new(()).into_parts().0;
        head.method = facts.method().clone();
        head.uri = facts.uri().clone();
        if let Some(accept) = facts.accept() {
            head.headers.insert(http::header::ACCEPT, accept.clone());
        }
        Self::from_parts(head, Body::Empty, Connection::in_process())
    }

    /// Takes the request apart into the `http` crate's head and the body.
    pub fn into_parts(self) -> (http::request::Parts, Body) {
        (self.head, self.body)
    }

    /// Moves the request out, and leaves what is needed to write an answer: the target and where
    /// its parameters lie.
    pub(crate) fn take(&mut self) -> Self {
        let mut head = http::Request::new(()).into_parts().0;
        head.uri = self.head.uri.clone();
        head.method = self.head.method.clone();
        Self {
            head: std::mem::replace(&mut self.head, head),
            body: self.take_body(),
            canonical: self.canonical.clone(),
            captures: self.captures,
            connection: Arc::clone(&self.connection),
            id: self.id.clone(),
            scope: self.scope.clone(),
            stray: None,
        }
    }

    /// The method.
    pub fn method(&self) -> &Method {
        &self.head.method
    }

    /// The method, to be changed by a step that then calls `Next::reroute`.
    pub fn method_mut(&mut self) -> &mut Method {
        &mut self.head.method
    }

    /// The target: path and query, and for HTTP/2 scheme and authority.
    pub fn uri(&self) -> &Uri {
        &self.head.uri
    }

    /// The target, to be changed by a step that then calls `Next::reroute`.
    pub fn uri_mut(&mut self) -> &mut Uri {
        &mut self.head.uri
    }

    /// The path as the client sent it, percent-encoded.
    pub fn path(&self) -> &str {
        self.head.uri.path()
    }

    /// The query string without its question mark, percent-encoded; empty when there is none.
    pub fn query(&self) -> &str {
        self.head.uri.query().unwrap_or_default()
    }

    /// The protocol version.
    pub fn version(&self) -> Version {
        self.head.version
    }

    /// The protocol version, to be set by a server or a test.
    pub fn version_mut(&mut self) -> &mut Version {
        &mut self.head.version
    }

    /// The header fields.
    pub fn headers(&self) -> &HeaderMap {
        &self.head.headers
    }

    /// The header fields, to be changed.
    pub fn headers_mut(&mut self) -> &mut HeaderMap {
        &mut self.head.headers
    }

    /// The first value of a header field, where it is text.
    pub fn header(&self, name: impl http::header::AsHeaderName) -> Option<&str> {
        self.head.headers.get(name)?.to_str().ok()
    }

    /// The body.
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// The body, to be changed or read.
    pub fn body_mut(&mut self) -> &mut Body {
        &mut self.body
    }

    /// Takes the body and leaves an empty one.
    pub fn take_body(&mut self) -> Body {
        std::mem::take(&mut self.body)
    }

    /// Values that steps leave for the handler, by type. Prefer request dependencies.
    pub fn extensions(&self) -> &Extensions {
        &self.head.extensions
    }

    /// Values that steps leave for the handler, to be changed.
    pub fn extensions_mut(&mut self) -> &mut Extensions {
        &mut self.head.extensions
    }

    /// The id of this request, which is in its answer and in every line of the log.
    pub fn id(&self) -> &RequestId {
        &self.id
    }

    /// The connection it arrived on.
    pub fn connection(&self) -> &Arc<Connection> {
        &self.connection
    }

    /// Sets the connection, for servers and tests.
    pub fn set_connection(&mut self, connection: Arc<Connection>) {
        self.connection = connection;
    }

    /// The address of the client.
    pub fn client_address(&self) -> Option<SocketAddr> {
        self.connection.peer()
    }

    /// The path that routing sees: the client's, or its canonical spelling.
    pub(crate) fn routing_path(&self) -> &str {
        self.canonical.as_deref().unwrap_or_else(|| self.head.uri.path())
    }

    pub(crate) fn set_canonical(&mut self, canonical: Option<Box<str>>) {
        self.canonical = canonical;
    }

    pub(crate) fn set_captures(&mut self, captures: Captures) {
        self.captures = captures;
    }

    /// The raw text of the path parameter at an index, percent-encoded.
    pub(crate) fn capture(&self, index: usize) -> Option<&str> {
        self.captures.get(index, self.routing_path())
    }

    pub(crate) fn scope(&self) -> Option<&Arc<Scope>> {
        self.scope.as_ref()
    }

    pub(crate) fn set_scope(&mut self, scope: Arc<Scope>) {
        self.scope = Some(scope);
    }

    pub(crate) fn set_stray(&mut self, why: Error) {
        self.stray = Some(why);
    }

    pub(crate) fn take_stray(&mut self) -> Option<Error> {
        self.stray.take()
    }

    /// What is needed of a request after a handler has consumed it.
    pub(crate) fn facts(&self, whole_head: bool) -> Facts {
        Facts::of(self, whole_head)
    }
}

impl<B> From<http::Request<B>> for Request
where
    B: Into<Body>,
{
    fn from(request: http::Request<B>) -> Self {
        let (head, body) = request.into_parts();
        Self::from_parts(head, body.into(), Connection::in_process())
    }
}
