//! Requests that are carried out once, however often they are sent: `Idempotency-Key`.
//!
//! The way of draft-ietf-httpapi-idempotency-key: the first answer is kept under the key, and sent
//! again to whoever repeats the request. A request that is carried out goes on when its client
//! leaves: what keeps its effect and its answer together is that nothing cuts it short.

mod memory;
mod shares;
mod store;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HeaderName};
use http::{HeaderValue, Method, StatusCode};
use serde_json::json;

pub use self::memory::IdempotencyMemory;
pub use self::store::{Begun, IdempotencyKey, IdempotencyScope, IdempotencyStore, StoredAnswer};
use crate::body::Body;
use crate::error::{Error, Result, catch, caught};
use crate::extract::read_whole;
use crate::hosts;
use crate::openapi::{Parameter, ParameterIn};
use crate::pipeline::{Around, InRoom, Middleware, Next};
use crate::report::Reported;
use crate::request::{Facts, Request};
use crate::response::Response;
use crate::services::Slot;
use crate::site::Site;
use crate::tasks::Tasks;

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The longest key that is taken.
const LONGEST_KEY: usize = 255;
/// How long an answer is kept, unless something else is said.
const KEPT_FOR: Duration = Duration::from_hours(24);
/// The largest body of an answer that is kept, unless something else is said.
const ANSWER_LIMIT: usize = 256 << 10;

/// Carries out POST and PATCH requests with one `Idempotency-Key` once, and answers the others that
/// have it with the same answer. Other methods pass: they may be repeated as they are.
///
/// ```
/// use purlin_core::{Idempotency, Routes};
///
/// async fn pay() -> &'static str { "paid" }
///
/// let routes = Routes::new().post("/payments", pay).middleware(Idempotency::required());
/// ```
///
/// # What a client sees
///
/// | request | answer |
/// |---|---|
/// | the first with a key | that of the handler |
/// | the same again | the same status, header fields and body, and `Idempotency-Replayed: true` |
/// | the same while the first is carried out | 409 `idempotency_key_in_use` |
/// | the same key with another query, media type or body, or for another route of the path | 422 `idempotency_key_reused` |
/// | without a key, where it is required | 400 `missing_idempotency_key` |
/// | a key that is none, or two of them | 400 `invalid_idempotency_key` |
///
/// A key is 1 to 255 visible characters, in quotes as the draft has it, or without.
/// It counts for one method, host, path and client. Who the client is says [`scope`](Self::scope).
/// Where versions or conditions choose among routes of one path, the key belongs to the route that
/// was chosen first.
///
/// # What is kept
///
/// What a handler has answered, for 24 hours. Not kept, so that a repeated request is carried out
/// anew, and may be another one: what a guard or an argument of the handler refused, such as invalid
/// input, because nothing was done then; every 5xx, 401, 403, 408, 425 and 429. An answer that is
/// streamed, or larger than 256 KiB, is not kept either, and its request is not carried out again: a
/// repeated one is 409 `answer_not_kept`.
///
/// # Limits
///
/// The body of a request with a key is read whole before anything else of the route sees it, up to
/// the route's body limit: uploads that are larger than memory are not for it.
#[derive(Clone)]
pub struct Idempotency {
    is_required: bool,
    kept_for: Duration,
    answer_limit: usize,
    scope: Arc<Scope>,
    store: Arc<dyn IdempotencyStore>,
}

type Scope = dyn Fn(&Facts) -> String + Send + Sync;

impl fmt::Debug for Idempotency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Idempotency")
            .field("is_required", &self.is_required)
            .finish_non_exhaustive()
    }
}

impl Idempotency {
    /// Refuses requests without a key.
    pub fn required() -> Self {
        Self { is_required: true, ..Self::optional() }
    }

    /// Lets requests without a key through, each of which is carried out.
    pub fn optional() -> Self {
        Self {
            is_required: false,
            kept_for: KEPT_FOR,
            answer_limit: ANSWER_LIMIT,
            scope: Arc::new(credentials),
            store: Arc::new(IdempotencyMemory::default()),
        }
    }

    /// How long an answer is kept: 24 hours unless said.
    #[must_use]
    pub fn kept_for(mut self, time: Duration) -> Self {
        self.kept_for = time;
        self
    }

    /// The largest body of an answer that is kept: 256 KiB unless said.
    #[must_use]
    pub fn answer_limit(mut self, bytes: usize) -> Self {
        self.answer_limit = bytes;
        self
    }

    /// Says whose key it is: requests with another text have keys of their own. Unless said, this is
    /// what `Authorization` and `Cookie` hold, to the letter: a token that is renewed between two
    /// tries makes them two requests.
    ///
    /// # Security
    ///
    /// Whoever has the same scope, the same key and the same body gets the same answer, cookies that
    /// it sets included; clients that send neither credentials nor cookies share one scope. Name the
    /// client by what it cannot choose: the id in its session, the subject of its token. Whoever can
    /// choose among scopes can also take the room of many clients in the memory.
    #[must_use]
    pub fn scope(mut self, scope: impl Fn(&Facts) -> String + Send + Sync + 'static) -> Self {
        self.scope = Arc::new(scope);
        self
    }

    /// Keeps answers elsewhere than in the memory of this process: where several processes answer,
    /// a retry may come to another one.
    #[must_use]
    pub fn store(mut self, store: Arc<dyn IdempotencyStore>) -> Self {
        self.store = store;
        self
    }
}

/// Everything by which a client usually proves who it is.
fn credentials(facts: &Facts) -> String {
    let all = [AUTHORIZATION, COOKIE].into_iter().flat_map(|name| {
        let lines = facts.headers().get_all(&name).iter();
        lines.map(move |line| format!("{name}: {}", String::from_utf8_lossy(line.as_bytes())))
    });
    all.collect::<Vec<_>>().join("\n")
}

/// Marks the one way in which it is a middleware.
#[doc(hidden)]
#[derive(Debug)]
pub struct ByKey;

#[diagnostic::do_not_recommend]
impl Middleware<ByKey> for Idempotency {
    fn prepare(self: Arc<Self>, site: &mut Site<'_>) -> Result<Arc<dyn Around>, Reported> {
        if applies(site.method()) {
            self.document(site);
        }
        let tasks = site.need::<Tasks>()?;
        let (body_limit, choice) = (site.body_limit(), site.choice().to_owned());
        Ok(Arc::new(Step { idempotency: self, tasks, body_limit, choice }))
    }
}

impl Idempotency {
    /// The answer that is kept, or that of the handler, which is kept.
    async fn answer(
        &self,
        key: IdempotencyKey,
        fingerprint: [u8; 32],
        request: Request,
        next: Next,
    ) -> Result<Response> {
        match self.store.begin(key, fingerprint, self.kept_for).await? {
            Begun::New => {}
            Begun::UnderWay => return Err(in_use()),
            Begun::OtherRequest => return Err(reused()),
            Begun::Answered(answer) => return replay(answer),
        }
        let response = next.run(request).await;
        let answer = to_keep(&response, self.answer_limit);
        let kept = caught(async {
            match answer {
                Some(answer) => self.store.finish(key, answer).await,
                None => self.store.release(key).await,
            }
        });
        if let Err(error) = kept.await {
            tracing::error!(target: "purlin", "the answer under an `Idempotency-Key` could not be kept: {error:?}");
        }
        Ok(response)
    }

    fn document(&self, site: &mut Site<'_>) {
        let schema = json!({ "type": "string", "minLength": 1, "maxLength": LONGEST_KEY });
        let parameter = Parameter::new("Idempotency-Key", ParameterIn::Header, schema);
        let text = "A request that is repeated with its key is carried out once";
        let parameter = parameter.described(Some(text.to_owned()));
        let operation = site.operation();
        operation.parameter(if self.is_required { parameter } else { parameter.optional() });
        if self.is_required {
            let code = "missing_idempotency_key";
            operation.problem(StatusCode::BAD_REQUEST, code, "There is no `Idempotency-Key`");
        }
        for (status, code, text) in [
            (StatusCode::BAD_REQUEST, INVALID, "The `Idempotency-Key` is none"),
            (StatusCode::CONFLICT, IN_USE, "The first request with this key is being carried out"),
            (StatusCode::CONFLICT, NOT_KEPT, "It was carried out, and its answer was not kept"),
            (StatusCode::UNPROCESSABLE_ENTITY, REUSED, "The key was sent with another request"),
            (StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "The body is too large"),
            (StatusCode::TOO_MANY_REQUESTS, UNDER_WAY, "Too many requests are being carried out"),
        ] {
            operation.problem(status, code, text);
        }
    }
}

const INVALID: &str = "invalid_idempotency_key";
const IN_USE: &str = "idempotency_key_in_use";
const NOT_KEPT: &str = "answer_not_kept";
const UNDER_WAY: &str = "too_many_requests_under_way";
const REUSED: &str = "idempotency_key_reused";

/// RFC 9110 §9.2.2: all others are idempotent, or nobody knows what they do.
fn applies(method: &Method) -> bool {
    matches!(*method, Method::POST | Method::PATCH)
}

struct Step {
    idempotency: Arc<Idempotency>,
    tasks: Slot<Tasks>,
    body_limit: usize,
    /// What tells the route from others of its path.
    choice: String,
}

impl Around for Step {
    fn call(self: Arc<Self>, request: Request, next: Next) -> InRoom {
        InRoom::new(async move {
            if !applies(request.method()) {
                return Ok(next.run(request).await);
            }
            match key(&request)? {
                Some(key) => self.once(&key, request, next).await,
                None if self.idempotency.is_required => Err(missing()),
                None => Ok(next.run(request).await),
            }
        })
    }
}

impl Step {
    async fn once(&self, key: &str, mut request: Request, next: Next) -> Result<Response> {
        let body = read_whole(&mut request, self.body_limit).await?;
        let (key, fingerprint) = self.names(key, &request, &body)?;
        if !body.is_empty() {
            *request.body_mut() = Body::from(body);
        }
        let idempotency = Arc::clone(&self.idempotency);
        let (tell, told) = tokio::sync::oneshot::channel();
        // A client that leaves takes nothing with it, neither the look at the store, which may have
        // noted the key already, nor the handler: the one that repeats gets this answer.
        self.tasks.get().spawn_unlisted("a request with a key", async move {
            let answer = caught(idempotency.answer(key, fingerprint, request, next)).await;
            // Nobody listens where the client has left.
            let _ = tell.send(answer);
        });
        told.await?
    }

    /// Under which key the request is known, and what makes it this one.
    fn names(
        &self,
        key: &str,
        request: &Request,
        body: &[u8],
    ) -> Result<(IdempotencyKey, [u8; 32])> {
        let facts = request.facts();
        let scope = catch(|| (self.idempotency.scope)(&facts))?;
        // One path on two hosts is two resources: those of two tenants, maybe.
        let host = hosts::authority(request).map(hosts::canonical).unwrap_or_default();
        let path = request.routing_path().as_bytes();
        let method = request.method().as_str().as_bytes();
        let media_type =
            request.headers().get(CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
        let id = digest(&[scope.as_bytes(), host.as_bytes(), method, path, key.as_bytes()]);
        let choice = self.choice.as_bytes();
        let fingerprint = digest(&[request.query().as_bytes(), media_type, body, choice]);
        Ok((IdempotencyKey::new(digest(&[scope.as_bytes()]), id), fingerprint))
    }
}

/// The hash of several texts: each with its length before it, so that none runs into the next.
fn digest(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = hmac_sha256::Hash::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    hasher.finalize()
}

/// The key of a request: a string of RFC 8941 §3.3.3, or the bare text that many clients send.
fn key(request: &Request) -> Result<Option<String>> {
    let mut lines = request.headers().get_all(KEY).iter();
    let Some(line) = lines.next() else { return Ok(None) };
    let text = line.to_str().ok().filter(|_| lines.next().is_none()).ok_or_else(invalid)?.trim();
    let bare = match text.strip_prefix('"') {
        Some(rest) => rest.strip_suffix('"').ok_or_else(invalid)?,
        None => text,
    };
    let is_good = |b: u8| b.is_ascii_graphic() && !matches!(b, b'"' | b'\\');
    let is_key = (1..=LONGEST_KEY).contains(&bare.len()) && bare.bytes().all(is_good);
    if is_key { Ok(Some(bare.to_owned())) } else { Err(invalid()) }
}

/// What is kept of an answer; nothing where a repeated request shall be carried out anew.
fn to_keep(response: &Response, limit: usize) -> Option<StoredAnswer> {
    let status = response.status();
    let invites = matches!(
        status,
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS
    );
    // Whoever is nobody does not push out what others did.
    let is_stranger = matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
    // Nothing was done: whoever corrects the request may send it under the same key.
    let was_refused = response.error().is_some_and(Error::is_refusal);
    if status.is_server_error() || invites || is_stranger || was_refused {
        return None;
    }
    let body = match response.body() {
        Body::Empty => Some(bytes::Bytes::new()),
        Body::Full(bytes) if bytes.len() <= limit => Some(bytes.clone()),
        _ => None,
    };
    Some(StoredAnswer { status, headers: response.headers().clone(), body })
}

fn replay(answer: StoredAnswer) -> Result<Response> {
    let StoredAnswer { status, headers, body } = answer;
    let body = body.ok_or_else(|| {
        let detail = "the request was carried out, and its answer was too large to be kept";
        Error::conflict(NOT_KEPT, detail)
    })?;
    let mut response = Response::new(status);
    *response.headers_mut() = headers;
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    if !body.is_empty() {
        *response.body_mut() = Body::from(body);
    }
    Ok(response)
}

#[cold]
fn missing() -> Error {
    let detail = "the request has no `Idempotency-Key`: send one that is new for each operation";
    Error::bad_request("missing_idempotency_key", detail)
}

#[cold]
fn invalid() -> Error {
    let detail =
        "an `Idempotency-Key` is 1 to 255 visible ASCII characters, once, without quotes inside";
    Error::bad_request(INVALID, detail)
}

#[cold]
fn in_use() -> Error {
    let detail = "the first request with this `Idempotency-Key` is being carried out";
    Error::conflict(IN_USE, detail)
}

#[cold]
fn reused() -> Error {
    let detail = "this `Idempotency-Key` was sent with another request";
    Error::new(StatusCode::UNPROCESSABLE_ENTITY, REUSED, detail)
}
