//! The service: an application that was checked and started, and answers requests.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use http::header::{ALLOW, CONTENT_LENGTH, HOST, LOCATION, TRANSFER_ENCODING};
use http::{HeaderValue, Method, StatusCode, Version};
use http_body::Body as _;
use tokio::time::Sleep;

use super::chain::{Chain, Running};
use super::render::Settings;
use crate::body::Body;
use crate::endpoint::{BoxFuture, Endpoint};
use crate::error::{Error, Result};
use crate::request::{Captures, REQUEST_ID, Request, Scope};
use crate::response::Response;
use crate::router::{Matched, Router};
use crate::site::RouteFacts;
use crate::url::{Url, UrlTable};

/// What happens to a path that has a slash too many or too few at its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum TrailingSlash {
    /// Both spellings reach the route.
    Ignore,
    /// The client is sent to the spelling that exists, with 308.
    Redirect,
    /// Another spelling is another path.
    #[default]
    Strict,
}

/// Everything that answering needs; made by the assembly, never changed after.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) router: Router,
    pub(crate) chains: Vec<Arc<Chain>>,
    /// For requests that no route answers: the application's steps, and the reason at the end.
    pub(crate) stray: Arc<Chain>,
    pub(crate) fallback: Option<Arc<Chain>>,
    pub(crate) trailing_slash: TrailingSlash,
    pub(crate) settings: Arc<Settings>,
    pub(crate) urls: Arc<UrlTable>,
}

impl Shared {
    /// Finds the chain of a request; for one that has no route, the chain that says so.
    pub(crate) fn route(&self, request: &mut Request) -> Arc<Chain> {
        request.set_canonical(None);
        request.set_captures(Captures::default());
        if let Err(error) = Router::canonicalize(request) {
            return self.astray(request, error);
        }
        match self.router.find(request.method(), request.routing_path()) {
            Matched::Route { index, captures } => {
                request.set_captures(captures);
                Arc::clone(&self.chains[index])
            }
            Matched::OtherMethods(methods) => {
                let error = wrong_method(request.method(), &methods);
                self.astray(request, error)
            }
            Matched::Nothing => self.nothing(request),
        }
    }

    #[cold]
    fn astray(&self, request: &mut Request, error: Error) -> Arc<Chain> {
        request.set_stray(error);
        Arc::clone(&self.stray)
    }

    #[cold]
    fn nothing(&self, request: &mut Request) -> Arc<Chain> {
        if let Some(chain) = self.other_slash(request) {
            return chain;
        }
        if let Some(fallback) = &self.fallback {
            return Arc::clone(fallback);
        }
        let detail = format!("nothing is at `{}`", request.path());
        self.astray(request, Error::not_found(detail))
    }

    /// Tries the other spelling of the end of the path, where the application wants that.
    fn other_slash(&self, request: &mut Request) -> Option<Arc<Chain>> {
        if self.trailing_slash == TrailingSlash::Strict {
            return None;
        }
        let path = request.routing_path();
        let other = match path.strip_suffix('/') {
            Some("") => return None,
            Some(shorter) => shorter.to_owned(),
            None => format!("{path}/"),
        };
        match self.router.find(request.method(), &other) {
            Matched::Nothing => None,
            _ if self.trailing_slash == TrailingSlash::Redirect => {
                let error = moved(&other, request.query());
                Some(self.astray(request, error))
            }
            Matched::Route { index, .. } => {
                request.set_canonical(Some(other.into_boxed_str()));
                let path = request.routing_path();
                if let Matched::Route { captures, .. } = self.router.find(request.method(), path) {
                    request.set_captures(captures);
                }
                Some(Arc::clone(&self.chains[index]))
            }
            Matched::OtherMethods(methods) => {
                let error = wrong_method(request.method(), &methods);
                Some(self.astray(request, error))
            }
        }
    }
}

/// 405 with `Allow`, or for OPTIONS the list itself.
#[cold]
fn wrong_method(method: &Method, methods: &[Method]) -> Error {
    let allow = Router::allow(methods);
    let value = HeaderValue::try_from(allow.as_str()).unwrap_or(HeaderValue::from_static(""));
    let error = if method == Method::OPTIONS {
        Error::new(StatusCode::NO_CONTENT, "options", "")
    } else {
        let detail = format!("{method} is not allowed here; {allow} are");
        Error::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
    };
    error.with_header(ALLOW, value)
}

#[cold]
fn moved(path: &str, query: &str) -> Error {
    // Two slashes at the beginning would be another host.
    let path = format!("/{}", path.trim_start_matches('/'));
    let target = if query.is_empty() { path } else { format!("{path}?{query}") };
    let location = HeaderValue::try_from(target).unwrap_or(HeaderValue::from_static("/"));
    Error::new(StatusCode::PERMANENT_REDIRECT, "moved", "").with_header(LOCATION, location)
}

/// Answers requests that no route answers.
pub(crate) struct Stray;

impl Endpoint for Stray {
    fn call(self: Arc<Self>, mut request: Request) -> BoxFuture<Result<Response>> {
        let error = request.take_stray().unwrap_or_else(|| Error::not_found("nothing is here"));
        Box::pin(async move {
            if error.status().is_client_error() || error.status().is_server_error() {
                return Err(error);
            }
            let mut response = Response::new(error.status());
            *response.headers_mut() = error.headers().clone();
            Ok(response)
        })
    }
}

/// An application that was checked and started.
///
/// It is cheap to clone, immutable, and answers requests from anywhere: a server, a test, another
/// application.
#[derive(Clone)]
pub struct Service {
    shared: Arc<Shared>,
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Service({})", self.shared.settings.name)
    }
}

impl Service {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// Answers a request.
    ///
    /// Whatever goes wrong is in the response: this never fails, and never panics because of a
    /// handler.
    pub fn call(&self, request: Request) -> Call {
        let admitted = admit(&request);
        self.begin(request, admitted)
    }

    /// Answers a request that the server does not let in, such as one whose target is too long.
    ///
    /// No route sees it, but the steps of the application do: the answer is rendered, logged and
    /// given its headers as that of any other error.
    pub fn refuse(&self, request: Request, error: Error) -> Call {
        self.begin(request, Err(error))
    }

    fn begin(&self, mut request: Request, admitted: Result) -> Call {
        let settings = &self.shared.settings;
        let is_head = request.method() == Method::HEAD;
        let started = settings.request_log.then(Instant::now);
        let chain = match admitted {
            Ok(()) => self.shared.route(&mut request),
            Err(error) => self.shared.astray(&mut request, error),
        };
        if chain.scoped {
            request.set_scope(Arc::new(Scope::default()));
        }
        let facts = request.facts(settings.mode == crate::config::Mode::Dev);
        let limit = chain.timeout;
        let running = Running::start(chain, 0, facts, request, 0);
        Call { running, is_head, started, limit, sleep: None }
    }

    /// The name of the application.
    pub fn name(&self) -> &str {
        &self.shared.settings.name
    }

    /// Writes an address out where there is no request: in a test, in a mail.
    ///
    /// # Errors
    ///
    /// When the application does not mount the route, or a prefix has a parameter that the address
    /// does not bring.
    pub fn resolve(&self, url: &Url) -> Result<String> {
        self.shared.urls.resolve(url, "", |_| None)
    }
}

/// The head of a request, as RFC 9112 §3.2 and RFC 9110 §10.1.1 demand it, where the protocol's
/// own parser lets other things through.
fn admit(request: &Request) -> Result {
    if request.version() == Version::HTTP_11 {
        check_host(request)?;
    }
    if request.uri().path().is_empty() && request.method() != Method::CONNECT {
        return Err(Error::bad_request("invalid_target", "the request target is no path"));
    }
    if let Some(coding) = request.headers().get(TRANSFER_ENCODING) {
        let repeated = request.headers().get_all(TRANSFER_ENCODING).iter().nth(1).is_some();
        if repeated || !coding.as_bytes().eq_ignore_ascii_case(b"chunked") {
            let detail = "the only transfer coding understood is `chunked`, alone";
            return Err(Error::bad_request("invalid_transfer_encoding", detail));
        }
    }
    if let Some(expect) = request.headers().get(http::header::EXPECT)
        && !expect.as_bytes().eq_ignore_ascii_case(b"100-continue")
    {
        let detail = "the only expectation understood is `100-continue`";
        return Err(Error::new(StatusCode::EXPECTATION_FAILED, "unknown_expectation", detail));
    }
    Ok(())
}

fn check_host(request: &Request) -> Result {
    let mut hosts = request.headers().get_all(HOST).iter();
    let problem = match (hosts.next(), hosts.next()) {
        (Some(_), Some(_)) => "the request has more than one `Host`",
        (None, _) => "the request has no `Host`",
        (Some(host), None) if !is_host(host.as_bytes()) => "`Host` is no host",
        (Some(_), None) => return Ok(()),
    };
    Err(Error::bad_request("invalid_host", problem))
}

/// RFC 3986 §3.2.2, without userinfo, with an optional port. An empty host is allowed.
fn is_host(host: &[u8]) -> bool {
    let (name, port) = match host {
        [b'[', ..] => match host.iter().position(|b| *b == b']') {
            Some(end) => (&host[1..end], &host[end + 1..]),
            None => return false,
        },
        _ => host.split_at(host.iter().position(|b| *b == b':').unwrap_or(host.len())),
    };
    let bracketed = host.first() == Some(&b'[');
    let is_name = |b: &u8| b.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=%".contains(b);
    let name_is_good = if bracketed {
        name.iter().all(|b| b.is_ascii_hexdigit() || matches!(b, b':' | b'.'))
    } else {
        name.iter().all(is_name)
    };
    let port_is_good = match port {
        [] => true,
        [b':', digits @ ..] => digits.len() <= 5 && digits.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    name_is_good && port_is_good
}

/// The answer to one request: a future, of a type that has a name and needs no allocation.
#[must_use = "a request does nothing until it is awaited"]
#[derive(Debug)]
pub struct Call {
    running: Running,
    is_head: bool,
    started: Option<Instant>,
    limit: Option<Duration>,
    /// Made only for a request that could not be answered at once.
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Call {
    /// What the route that was found knows of itself. Where a step sent the request on to another
    /// one, that one's facts are among the extensions of the response.
    pub fn route(&self) -> Arc<RouteFacts> {
        Arc::clone(&self.running.chain().facts)
    }

    fn is_over_time(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(limit) = self.limit else { return false };
        let sleep = self.sleep.get_or_insert_with(|| Box::pin(tokio::time::sleep(limit)));
        sleep.as_mut().poll(cx).is_ready()
    }

    fn finish(&self, response: &mut Response) {
        // RFC 9110 §15.3.5 and §15.4.5: these have no body, whatever a handler gave them.
        if matches!(response.status(), StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED) {
            *response.body_mut() = Body::Empty;
        }
        correct_length(response, self.is_head);
        if self.running.chain().settings.request_id {
            response.headers_mut().insert(REQUEST_ID, self.running.facts().id().to_header());
        }
        if let Some(started) = self.started {
            super::log::request(self.running.facts(), self.running.chain(), response, started);
        }
    }
}

impl Future for Call {
    type Output = Response;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Response> {
        let this = &mut *self;
        let mut answer = Pin::new(&mut this.running).poll(cx);
        if answer.is_pending() && this.is_over_time(cx) {
            this.limit = None;
            this.running.interrupt(timed_out());
            answer = Pin::new(&mut this.running).poll(cx);
        }
        answer.map(|mut response| {
            this.finish(&mut response);
            response
        })
    }
}

#[cold]
fn timed_out() -> Error {
    let detail = "the answer took longer than this route allows";
    Error::new(StatusCode::SERVICE_UNAVAILABLE, "request_timeout", detail)
}

/// A length that a handler set and that is wrong would corrupt the connection: it goes. HEAD keeps
/// the length of the body it does not get (RFC 9110 §9.3.2).
fn correct_length(response: &mut Response, is_head: bool) {
    let length = response.body().size_hint().exact();
    if response.headers().contains_key(CONTENT_LENGTH) && (length.is_some() && !is_head) {
        response.headers_mut().remove(CONTENT_LENGTH);
    }
    if !is_head {
        return;
    }
    if let Some(length) = length.filter(|length| *length > 0) {
        response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    *response.body_mut() = Body::Empty;
}

/// Where the chains find what they share, filled when the assembly is complete.
pub(crate) type SharedCell = Arc<OnceLock<std::sync::Weak<Shared>>>;
