//! The service: an application that was checked and started, and answers requests.

use std::collections::HashMap;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use http::header::{
    ALLOW, CONTENT_LENGTH, CONTENT_TYPE, EXPECT, HOST, LOCATION, TRANSFER_ENCODING, VARY,
};
use http::{HeaderValue, Method, StatusCode, Version};
use http_body::Body as _;
use tokio::time::Sleep;

use super::chain::{Chain, Running};
use super::render::Settings;
use crate::body::Body;
use crate::condition::{self, Choice};
use crate::endpoint::{BoxFuture, Endpoint};
use crate::error::{Error, Result, catch};
use crate::events::Subscribers;
use crate::extract::body_timeout;
use crate::hosts::{Found, Hosts};
use crate::pattern;
use crate::request::{Captures, REQUEST_ID, Request, Scope};
use crate::response::Response;
use crate::router::{Matched, Router};
use crate::site::RouteFacts;
use crate::url::{Here, Url, UrlTable};

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

/// Where in a path the name of a version stands, and which there are.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PathVersion {
    /// What is before it, without the names of parameters and the first slash.
    pub(crate) prefix: String,
    pub(crate) names: Arc<[String]>,
}

impl PathVersion {
    /// The version that a path names, where it is none of those there are.
    fn unknown<'p>(&self, path: &'p str) -> Option<&'p str> {
        let mut segments = path.split('/').skip(1);
        for wanted in self.prefix.split('/').filter(|wanted| !wanted.is_empty()) {
            let given = segments.next()?;
            if !wanted.contains('{') && wanted != given {
                return None;
            }
        }
        let version = segments.next()?.strip_prefix('v')?;
        let is_number = version.starts_with(|c: char| c.is_ascii_digit());
        (is_number && !self.names.iter().any(|name| name == version)).then_some(version)
    }
}

/// All routes, and how the one of a request is found.
#[derive(Debug)]
pub(crate) struct Routing {
    pub(crate) hosts: Hosts,
    pub(crate) chains: Vec<Arc<Chain>>,
    /// Routes of which a condition chooses one, under the index of the first.
    pub(crate) choices: HashMap<usize, Choice>,
    /// The fallback for requests of which no condition holds, which says on what that depends.
    pub(crate) choice_fallbacks: HashMap<usize, Arc<Chain>>,
    pub(crate) path_versions: Vec<PathVersion>,
    /// For requests that no route answers: the application's steps, and the reason at the end.
    pub(crate) stray: Arc<Chain>,
    pub(crate) fallback: Option<Arc<Chain>>,
}

/// Everything that answering needs; made by the assembly, never changed after.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) routing: Routing,
    pub(crate) trailing_slash: TrailingSlash,
    pub(crate) settings: Arc<Settings>,
    pub(crate) urls: Arc<UrlTable>,
    pub(crate) subscribers: Subscribers,
}

impl Shared {
    /// Finds the chain of a request; for one that has no route, the chain that says so.
    pub(crate) fn route(&self, request: &mut Request) -> Arc<Chain> {
        let raw = request.path();
        let mut found = self.routing.hosts.find(request, raw);
        let canonical = if found.is_canonical(raw) { Ok(None) } else { pattern::canonical(raw) };
        let canonical = match canonical {
            Ok(canonical) => canonical,
            Err(error) => {
                request.set_routing(None, Captures::default(), None);
                return self.astray(request, error);
            }
        };
        if let Some(path) = &canonical {
            found = self.routing.hosts.find(request, path);
        }
        let Found { matched, host } = found;
        match matched {
            Matched::Route { index, captures } => {
                request.set_routing(canonical, captures, host);
                self.chain(index, request)
            }
            Matched::OtherMethods(methods) => {
                request.set_routing(canonical, Captures::default(), None);
                let error = wrong_method(request.method(), &methods);
                self.astray(request, error)
            }
            Matched::Nothing => {
                request.set_routing(canonical, Captures::default(), None);
                self.nothing(request)
            }
        }
    }

    /// The chain of a route that was found, or of the one that goes before it for this request.
    #[inline]
    fn chain(&self, index: usize, request: &mut Request) -> Arc<Chain> {
        let choices = &self.routing.choices;
        if choices.is_empty() || !choices.contains_key(&index) {
            return Arc::clone(&self.routing.chains[index]);
        }
        self.choose(index, request)
    }

    /// Asks the routes for a request one after the other whether they are for it, until one is: those
    /// that were found, then those that would have been found without them.
    fn choose(&self, first: usize, request: &mut Request) -> Arc<Chain> {
        let (mut index, mut asked) = (first, Vec::new());
        while let Some(choice) = self.routing.choices.get(&index) {
            asked.push(choice);
            let facts = request.facts();
            // Conditions are code of the application, which may panic.
            match catch(|| choice.choose(&facts)) {
                Ok(Some(index)) => return Arc::clone(&self.routing.chains[index]),
                Ok(None) => {}
                Err(panic) => return self.none_chosen(&asked, request, panic),
            }
            let next = self.routing.hosts.candidate(request, asked.len());
            let Some(Found { matched: Matched::Route { index: next, captures }, host }) = next
            else {
                return self.no_choice(first, &asked, request);
            };
            request.set_parameters(captures, host);
            index = next;
        }
        Arc::clone(&self.routing.chains[index])
    }

    #[cold]
    fn no_choice(&self, first: usize, asked: &[&Choice], request: &mut Request) -> Arc<Chain> {
        let facts = request.facts();
        let refused = catch(|| asked.iter().find_map(|choice| choice.refuse(&facts)));
        let error = match refused {
            Ok(Some(refusal)) => refusal,
            Ok(None) => match self.routing.choice_fallbacks.get(&first) {
                Some(fallback) => return Arc::clone(fallback),
                None => {
                    no_route(format!("no route at `{}` is for a request like this", request.path()))
                }
            },
            Err(panic) => panic,
        };
        self.none_chosen(asked, request, error)
    }

    #[cold]
    fn none_chosen(&self, asked: &[&Choice], request: &mut Request, error: Error) -> Arc<Chain> {
        let error = match condition::vary(asked.iter().copied()) {
            Some(vary) => error.with_header(VARY, vary),
            None => error,
        };
        self.astray(request, error)
    }

    #[cold]
    fn astray(&self, request: &mut Request, error: Error) -> Arc<Chain> {
        request.set_stray(error);
        Arc::clone(&self.routing.stray)
    }

    #[cold]
    fn nothing(&self, request: &mut Request) -> Arc<Chain> {
        if request.path() == "*" && request.method() == Method::OPTIONS {
            // RFC 9110 §9.3.7: it asks about the server as a whole.
            let error = wrong_method(request.method(), &self.routing.hosts.methods());
            return self.astray(request, error);
        }
        if let Some(chain) = self.other_slash(request) {
            return chain;
        }
        if let Some(fallback) = &self.routing.fallback {
            return Arc::clone(fallback);
        }
        let path = request.routing_path();
        let mut versions = self.routing.path_versions.iter();
        let unknown = versions.find_map(|version| Some((version.unknown(path)?, &version.names)));
        if let Some((version, names)) = unknown {
            let known = names.join(", ");
            let detail = format!("there is no version `{version}`; there are {known}");
            let error = Error::new(StatusCode::NOT_FOUND, "unknown_version", detail);
            return self.astray(request, error);
        }
        let detail = format!("nothing is at `{}`", request.path());
        self.astray(request, no_route(detail))
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
        let Found { matched, host } = self.routing.hosts.find(request, &other);
        match matched {
            Matched::Nothing => None,
            _ if self.trailing_slash == TrailingSlash::Redirect => {
                let error = moved(&other, request.query());
                Some(self.astray(request, error))
            }
            Matched::Route { index, captures } => {
                request.set_routing(Some(other.into_boxed_str()), captures, host);
                Some(self.chain(index, request))
            }
            Matched::OtherMethods(methods) => {
                let error = wrong_method(request.method(), &methods);
                Some(self.astray(request, error))
            }
        }
    }
}

/// 404 with a code of its own, so that a client tells a wrong address from a thing that is gone.
#[cold]
pub(crate) fn no_route(detail: String) -> Error {
    Error::new(StatusCode::NOT_FOUND, "route_not_found", detail)
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
        let error = request.take_stray().unwrap_or_else(|| no_route("nothing is here".to_owned()));
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
    /// given its headers as that of any other error. A request whose head is malformed is refused for
    /// that, whatever else is wrong with it (RFC 9112 §3.2).
    pub fn refuse(&self, request: Request, error: Error) -> Call {
        let admitted = admit(&request).and(Err(error));
        self.begin(request, admitted)
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
        let facts = request.facts();
        let limit = chain.timeout;
        let running = Running::start(chain, 0, facts, request, 0);
        Call { running, is_head, started, limit, sleep: None, awaits_client: false }
    }

    /// Whether a request asks for nothing but whether the application lives, which `/healthz` answers.
    ///
    /// A server that refuses what is too much answers it all the same: whoever is busy lives, and one
    /// that does not answer is ended and started anew.
    pub fn asks_for_life(&self, method: &Method, path: &str) -> bool {
        let reads = method == Method::GET || method == Method::HEAD;
        reads && self.shared.settings.life == Some(path)
    }

    /// The name of the application.
    pub fn name(&self) -> &str {
        &self.shared.settings.name
    }

    /// Writes an address out where there is no request: in a test, in a mail. That of a route with a
    /// host is `//host/path`.
    ///
    /// # Errors
    ///
    /// When the application does not mount the route, or a prefix has a parameter that the address
    /// does not bring.
    pub fn resolve(&self, url: &Url) -> Result<String> {
        self.shared.urls.resolve(url, Here::default(), |_| None)
    }
}

/// The head of a request, as RFC 9112 §3.2 and RFC 9110 §10.1.1 demand it, where the protocol's
/// own parser lets other things through. One walk over the fields is cheaper than three look-ups.
fn admit(request: &Request) -> Result {
    let (mut hosts, mut codings) = (0u32, 0u32);
    for (name, value) in request.headers() {
        if *name == HOST {
            hosts += 1;
            if !is_host(value.as_bytes()) {
                return Err(Error::bad_request("invalid_host", "`Host` is no host"));
            }
        } else if *name == TRANSFER_ENCODING {
            codings += 1;
            if codings > 1 || !value.as_bytes().eq_ignore_ascii_case(b"chunked") {
                let detail = "the only transfer coding understood is `chunked`, alone";
                return Err(Error::bad_request("invalid_transfer_encoding", detail));
            }
        } else if *name == EXPECT && !value.as_bytes().eq_ignore_ascii_case(b"100-continue") {
            let detail = "the only expectation understood is `100-continue`";
            return Err(Error::new(StatusCode::EXPECTATION_FAILED, "unknown_expectation", detail));
        }
    }
    if hosts > 1 {
        return Err(Error::bad_request("invalid_host", "the request has more than one `Host`"));
    }
    if hosts == 0 && request.version() == Version::HTTP_11 {
        return Err(Error::bad_request("invalid_host", "the request has no `Host`"));
    }
    check_target(request)
}

/// RFC 9112 §3.2: a path, or an absolute URI; CONNECT has an authority alone. Routing knows `*`.
fn check_target(request: &Request) -> Result {
    let uri = request.uri();
    let problem = match uri.path() {
        _ if uri.authority().is_some_and(|authority| !is_authority(authority.as_str())) => {
            "the request target has no valid authority"
        }
        "" if request.method() != Method::CONNECT => "the request target is no path",
        // RFC 9112 §3.2.4
        "*" if request.method() != Method::OPTIONS => "`*` is a target of OPTIONS alone",
        _ => return Ok(()),
    };
    Err(Error::bad_request("invalid_target", problem))
}

/// RFC 9110 §4.2.1 and §4.2.4: an `http` URI has a host, and no userinfo.
fn is_authority(authority: &str) -> bool {
    !authority.starts_with(':') && is_host(authority.as_bytes())
}

/// RFC 3986 §3.2.2, without userinfo, with an optional port. An empty host is allowed.
fn is_host(host: &[u8]) -> bool {
    const IN_NAME: [bool; 256] = pattern::bytes(b"-._~!$&'()*+,;=%");
    // Most hosts are a name alone. To look at eight bytes costs less than to stop at one of them.
    let are_of_name =
        |bytes: &[u8]| bytes.iter().fold(true, |are, b| are & IN_NAME[usize::from(*b)]);
    let (words, rest) = host.as_chunks::<8>();
    if words.iter().all(|word| are_of_name(word)) && are_of_name(rest) {
        return true;
    }
    let (name_is_good, port) = if let [b'[', rest @ ..] = host {
        let Some(end) = rest.iter().position(|b| *b == b']') else { return false };
        let is_address = |b: &u8| b.is_ascii_hexdigit() || matches!(b, b':' | b'.');
        (rest[..end].iter().all(is_address), &rest[end + 1..])
    } else {
        let end = host.iter().position(|b| !IN_NAME[usize::from(*b)]);
        (true, &host[end.unwrap_or(host.len())..])
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
    awaits_client: bool,
}

impl Call {
    /// What the route that was found knows of itself. Where a step sent the request on to another
    /// one, that one's facts are among the extensions of the response.
    pub fn route(&self) -> Arc<RouteFacts> {
        Arc::clone(&self.running.chain().facts)
    }

    /// Says whether the client is waited for, at the moment: for more of the body. Who is to blame
    /// when the time is up depends on it: the client with 408, or the application with 503.
    pub fn awaits_client(&mut self, is_awaited: bool) {
        self.awaits_client = is_awaited;
    }

    fn is_over_time(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(limit) = self.limit else { return false };
        let sleep = self.sleep.get_or_insert_with(|| Box::pin(tokio::time::sleep(limit)));
        sleep.as_mut().poll(cx).is_ready()
    }

    fn finish(&mut self, response: &mut Response) {
        let status = response.status();
        if has_no_content(status) || status == StatusCode::RESET_CONTENT {
            *response.body_mut() = Body::Empty;
            if status == StatusCode::NO_CONTENT {
                response.headers_mut().remove(CONTENT_TYPE);
            }
        }
        correct_length(response, self.is_head);
        if let Some(promises) = self.running.chain().settings.promises.get() {
            let last = response.extensions().get::<Arc<RouteFacts>>();
            let route = last.unwrap_or(&self.running.chain().facts);
            promises.hold(self.running.facts(), route, response);
        }
        if self.running.chain().settings.request_id {
            response.headers_mut().insert(REQUEST_ID, self.running.facts().id().to_header());
        }
        if let Some(started) = self.started.take() {
            super::log::request(self.running.facts(), self.running.chain(), response, started);
        }
    }
}

/// Without an answer: its client has left, or the server stops and does not wait for it.
impl Drop for Call {
    fn drop(&mut self) {
        if let Some(started) = self.started {
            super::log::given_up(self.running.facts(), self.running.chain(), started);
        }
    }
}

impl Future for Call {
    type Output = Response;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Response> {
        let this = &mut *self;
        let mut answer = this.running.poll_answer(cx);
        if answer.is_pending() && this.is_over_time(cx) {
            this.limit = None;
            let late = if this.awaits_client { body_timeout() } else { timed_out() };
            this.running.interrupt(late);
            answer = this.running.poll_answer(cx);
        }
        if let Poll::Ready(response) = &mut answer {
            this.finish(response);
        }
        answer
    }
}

#[cold]
fn timed_out() -> Error {
    let detail = "the answer took longer than this route allows";
    Error::new(StatusCode::SERVICE_UNAVAILABLE, "request_timeout", detail)
}

/// RFC 9110 §15.3.5 and §15.4.5: these have neither a body nor the length of one, whatever a
/// handler gave them. 205 (§15.3.6) has a body of no bytes.
fn has_no_content(status: StatusCode) -> bool {
    matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED)
}

/// A length that a handler set and that is wrong would corrupt the connection: it goes. HEAD keeps
/// the length of the body it does not get (RFC 9110 §9.3.2).
fn correct_length(response: &mut Response, is_head: bool) {
    let length = response.body().size_hint().exact();
    if !is_head {
        // A response has few fields: to look at each name costs less than a look-up.
        if length.is_some() && response.headers().keys().any(|name| *name == CONTENT_LENGTH) {
            response.headers_mut().remove(CONTENT_LENGTH);
        }
        return;
    }
    let has_none = has_no_content(response.status());
    if let Some(length) = length.filter(|_| !has_none) {
        // A handler for HEAD alone may know the length of what it does not make.
        let is_known = length == 0 && response.headers().contains_key(CONTENT_LENGTH);
        if !is_known {
            response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
        }
    }
    *response.body_mut() = Body::Empty;
}

/// Where the chains find what they share, filled when the assembly is complete.
pub(crate) type SharedCell = Arc<OnceLock<std::sync::Weak<Shared>>>;
