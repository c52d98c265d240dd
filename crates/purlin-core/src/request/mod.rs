//! A request: its head, its body, and what the way through the application adds to it.

mod captures;
mod facts;
mod head;
mod id;
mod scope;

use std::net::SocketAddr;
use std::sync::Arc;

use http::{Extensions, HeaderMap, Method, Uri, Version};

pub(crate) use self::captures::Captures;
pub use self::facts::Facts;
pub(crate) use self::head::HostCaptures;
use self::head::{Head, SharedHead};
pub(crate) use self::id::HEADER as REQUEST_ID;
pub use self::id::RequestId;
pub(crate) use self::scope::{Building, Built, Finish, Scope, Value};
use crate::body::Body;
use crate::connection::Connection;
use crate::error::Error;

/// A request on its way to a handler.
///
/// Handlers take it apart with extractors; middleware and tests see it whole. Everything that does
/// not change on the way is shared, so that to hand a request on moves a few words.
#[derive(Debug)]
pub struct Request {
    head: SharedHead,
    body: Body,
    extensions: Extensions,
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
        let http::request::Parts { method, uri, version, headers, extensions, .. } = head;
        let head = SharedHead::new(method, uri, version, headers, connection);
        Self { head, body, extensions, scope: None, stray: None }
    }

    /// A stand-in for a request that was consumed, to write an answer by.
    pub(crate) fn of_facts(facts: &Facts) -> Self {
        Self::of_head(facts.head())
    }

    fn of_head(head: &SharedHead) -> Self {
        let extensions = Extensions::new();
        Self { head: head.clone(), body: Body::Empty, extensions, scope: None, stray: None }
    }

    /// Takes the request apart into what others know of requests, and the rest.
    pub(crate) fn split(self) -> (http::Request<Body>, Rest) {
        let head = self.head.clone();
        let rest = Rest { head, scope: self.scope.clone() };
        let (parts, body) = self.into_parts();
        (http::Request::from_parts(parts, body), rest)
    }

    /// Puts together what was taken apart; the part that others had may be another one now.
    pub(crate) fn join(request: http::Request<Body>, rest: Rest) -> Self {
        let (parts, body) = request.into_parts();
        let http::request::Parts { method, uri, version, headers, extensions, .. } = parts;
        let Rest { head, scope } = rest;
        let head = SharedHead::of(head.changed(method, uri, version, headers));
        Self { head, body, extensions, scope, stray: None }
    }

    /// Takes the request apart into the `http` crate's head and the body.
    pub fn into_parts(self) -> (http::request::Parts, Body) {
        let mut shared = self.head;
        let head = shared.make_mut();
        let mut parts = http::Request::new(()).into_parts().0;
        parts.method = std::mem::take(&mut head.method);
        parts.uri = std::mem::take(&mut head.uri);
        parts.version = head.version;
        parts.headers = std::mem::take(&mut head.headers);
        parts.extensions = self.extensions;
        (parts, self.body)
    }

    /// Moves the request out, and leaves what is needed to write an answer: the head.
    pub(crate) fn take(&mut self) -> Self {
        let mut rest = Self::of_head(&self.head);
        rest.scope.clone_from(&self.scope);
        std::mem::replace(self, rest)
    }

    /// The head, to be changed: by somebody who alone has it, as a rule. What others know of the
    /// request, such as its [`Facts`], stays as it was.
    fn head_mut(&mut self) -> &mut Head {
        if self.head.is_shared() {
            // Both copies are the same request.
            self.head.id();
        }
        self.head.make_mut()
    }

    /// The method.
    pub fn method(&self) -> &Method {
        &self.head.method
    }

    /// The method, to be changed by a step that then calls `Next::reroute`.
    pub fn method_mut(&mut self) -> &mut Method {
        &mut self.head_mut().method
    }

    /// The target: path and query, and for HTTP/2 scheme and authority.
    pub fn uri(&self) -> &Uri {
        &self.head.uri
    }

    /// The target, to be changed by a step that then calls `Next::reroute`.
    pub fn uri_mut(&mut self) -> &mut Uri {
        &mut self.head_mut().uri
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
        &mut self.head_mut().version
    }

    /// The header fields.
    pub fn headers(&self) -> &HeaderMap {
        &self.head.headers
    }

    /// The header fields, to be changed.
    pub fn headers_mut(&mut self) -> &mut HeaderMap {
        &mut self.head_mut().headers
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
        &self.extensions
    }

    /// Values that steps leave for the handler, to be changed.
    pub fn extensions_mut(&mut self) -> &mut Extensions {
        &mut self.extensions
    }

    /// The id of this request, which is in its answer and in every line of the log.
    pub fn id(&self) -> &RequestId {
        self.head.id()
    }

    /// The connection it arrived on.
    pub fn connection(&self) -> &Arc<Connection> {
        &self.head.connection
    }

    /// Sets the connection, for servers and tests.
    pub fn set_connection(&mut self, connection: Arc<Connection>) {
        self.head_mut().connection = connection;
    }

    /// The address of the client.
    pub fn client_address(&self) -> Option<SocketAddr> {
        self.head.connection.peer()
    }

    /// The path that routing sees: the client's, or its canonical spelling.
    pub(crate) fn routing_path(&self) -> &str {
        self.head.routing_path()
    }

    /// Notes what routing found: another spelling of the path, where its parameters lie, and what
    /// those of the host are.
    pub(crate) fn set_routing(
        &mut self,
        canonical: Option<Box<str>>,
        captures: Captures,
        host: Option<HostCaptures>,
    ) {
        // Most requests bring the canonical spelling, and many have no parameter.
        let is_found = canonical.is_some() || !captures.is_empty() || host.is_some();
        let is_new = is_found || self.head.is_routed();
        if is_new {
            let note = |head: &mut Head| {
                head.canonical = canonical;
                head.captures = captures;
                head.host = host;
            };
            // It is nobody else's, unless it was sent on to another route.
            match self.head.get_mut() {
                Some(head) => note(head),
                None => note(self.head_mut()),
            }
        }
    }

    /// Notes another route for the same spelling of the path.
    pub(crate) fn set_parameters(&mut self, captures: Captures, host: Option<HostCaptures>) {
        let head = self.head_mut();
        head.captures = captures;
        head.host = host;
    }

    /// The raw text of the parameter at an index, percent-encoded: those of the path come first.
    pub(crate) fn capture(&self, index: usize) -> Option<&str> {
        self.head.capture(index)
    }

    /// Whether it is known of that parameter that nothing in it is encoded.
    pub(crate) fn is_plain(&self, index: usize) -> bool {
        self.head.captures.is_plain(index)
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
    pub(crate) fn facts(&self) -> Facts {
        Facts::of(&self.head)
    }
}

/// What only this crate knows of a request.
#[derive(Debug)]
pub(crate) struct Rest {
    head: SharedHead,
    scope: Option<Arc<Scope>>,
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
