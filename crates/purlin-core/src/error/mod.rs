//! One error for everything that goes wrong while a request is answered.
//!
//! An [`Error`] is one word. It is made from any `std` error by `?`, and is then the server's
//! fault (500, nothing of it is shown to the client); or it is made with a status, and is then a
//! message to the client. Either way it leaves as one document, RFC 9457
//! `application/problem+json`, or as a page where the client prefers HTML.
//!
//! # Example
//!
//! ```
//! use purlin_core::{Error, Result};
//!
//! fn stock(title: &str) -> Result<u32> {
//!     let amount = title.trim_start_matches("copies: ").parse()?; // a 500 when it is no number
//!     if amount == 0 {
//!         return Err(Error::conflict("out_of_stock", "no copy is left"));
//!     }
//!     Ok(amount)
//! }
//! assert_eq!(stock("copies: 0").unwrap_err().status(), 409);
//! assert_eq!(stock("many").unwrap_err().status(), 500);
//! ```
//!
//! # Invariants
//!
//! `Error` does not implement `std::error::Error`, so that the conversion from every type that
//! does can be one impl. What a client may see is only what was given as status, code, detail,
//! faults and members; the source and its chain are for the log and the development page.

mod fault;
mod member;
mod panic;
mod problem;

use std::backtrace::Backtrace;
use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::{Map, Value};

pub(crate) use self::fault::MORE_FAULTS;
pub use self::fault::{Fault, FaultIn};
pub(crate) use self::member::{Describe, describe};
pub use self::member::{Member, NoMember, ProblemMember, document_member};
pub use self::panic::Panicked;
pub(crate) use self::panic::{catch, caught, install_hook};
pub(crate) use self::problem::Named;
pub use self::problem::{Failure, Outline, Problem, ProblemStatus, Problems};

/// A result whose error is [`Error`], the usual return type of a handler.
pub type Result<T = (), E = Error> = std::result::Result<T, E>;

/// What went wrong while a request was answered.
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    status: Option<StatusCode>,
    code: Cow<'static, str>,
    detail: Option<Cow<'static, str>>,
    help: Option<Cow<'static, str>>,
    faults: Vec<Fault>,
    headers: HeaderMap,
    members: Map<String, Value>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
    place: &'static Location<'static>,
    backtrace: Option<Arc<Backtrace>>,
    absent: bool,
    unlogged: bool,
    refusal: bool,
    kind: &'static str,
}

static BACKTRACES: AtomicBool = AtomicBool::new(false);

/// Captures a backtrace for every error without a status from here on: development only.
pub(crate) fn capture_backtraces() {
    BACKTRACES.store(true, Ordering::Relaxed);
}

fn backtrace() -> Option<Arc<Backtrace>> {
    BACKTRACES.load(Ordering::Relaxed).then(|| Arc::new(Backtrace::force_capture()))
}

impl Error {
    /// An error the client is told about: its status, a machine code in snake case, and a sentence.
    #[track_caller]
    pub fn new(
        status: StatusCode,
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self(Box::new(Inner {
            status: Some(status),
            code: code.into(),
            detail: Some(detail.into()),
            help: None,
            faults: Vec::new(),
            headers: HeaderMap::new(),
            members: Map::new(),
            source: None,
            place: Location::caller(),
            backtrace: None,
            absent: false,
            unlogged: false,
            refusal: false,
            kind: "purlin::Error",
        }))
    }

    /// The server's own fault: 500, of which the client learns nothing and the log everything.
    #[track_caller]
    pub fn internal(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        let mut error = Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal_error", "");
        error.0.status = None;
        error.0.detail = None;
        error.0.source = Some(Arc::from(source.into()));
        error.0.backtrace = backtrace();
        error
    }

    /// 400: the request itself cannot be understood.
    #[track_caller]
    pub fn bad_request(
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// 401: the client has not said who it is. `challenge` is the `WWW-Authenticate` header, which
    /// RFC 9110 §15.5.2 demands, for example `Bearer`.
    #[track_caller]
    pub fn unauthorized(challenge: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", detail)
            .with_header(http::header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge))
    }

    /// 403: the client is known and may not.
    #[track_caller]
    pub fn forbidden(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", detail)
    }

    /// 404 `not_found`: there is no such thing. A path that no route answers is
    /// `route_not_found`, so that a client can tell the two from each other.
    #[track_caller]
    pub fn not_found(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", detail)
    }

    /// 409: the request is fine and clashes with the state of things.
    #[track_caller]
    pub fn conflict(
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// 422: parts of the request break their rules, each named by a fault.
    #[track_caller]
    pub fn invalid(faults: Vec<Fault>) -> Self {
        let listed = faults.iter().filter(|fault| fault.code != MORE_FAULTS).count();
        let detail = match (listed, faults.len() - listed) {
            (1, 0) => "the request has 1 fault".to_owned(),
            (n, 0) => format!("the request has {n} faults"),
            (0, _) => "the request has faults".to_owned(),
            (n, _) => format!("the request has more faults than the {n} that are listed"),
        };
        let mut error = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_input", detail);
        error.0.faults = faults;
        error
    }

    /// Keeps `source` for the log and for `on_error` handlers; the client does not see it.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(Arc::from(source.into()));
        self
    }

    /// Adds a header to the answer.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.append(name, value);
        self
    }

    /// Adds a fault to the list of what is wrong with the input.
    #[must_use]
    pub fn with_fault(mut self, fault: Fault) -> Self {
        self.0.faults.push(fault);
        self
    }

    /// Adds an extension member to the problem document (RFC 9457 §3.2). The document's own
    /// members, such as `status` and `detail`, are not replaced.
    #[must_use]
    pub fn with_member(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.0.members.insert(name.into(), value.into());
        self
    }

    /// Says what was being done when this happened; the error before becomes the cause.
    #[must_use]
    pub fn context(mut self, doing: impl Into<String>) -> Self {
        let doing = doing.into();
        self.0.source = Some(Arc::new(Context { doing, source: self.0.source.take() }));
        self
    }

    /// Adds a next step for the developer, shown on the development page only.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<Cow<'static, str>>) -> Self {
        self.0.help = Some(help.into());
        self
    }

    /// Says that nothing was wrong with the input: there was none. `Option<E>` is then `None`.
    #[must_use]
    pub fn absent(mut self) -> Self {
        self.0.absent = true;
        self
    }

    /// Whether there was no input at all, as opposed to a wrong one.
    pub fn is_absent(&self) -> bool {
        self.0.absent
    }

    /// Leaves the error out of the log: it is foreseen, and may come often, as when load is shed. The
    /// line of the request is written all the same.
    #[must_use]
    pub fn without_log(mut self) -> Self {
        self.0.unlogged = true;
        self
    }

    pub(crate) fn is_logged(&self) -> bool {
        !self.0.unlogged
    }

    /// Says that this kept the handler from being called.
    #[cold]
    pub(crate) fn refusing(mut self) -> Self {
        self.0.refusal = true;
        self
    }

    /// Leaves it to the handler what becomes of this.
    pub(crate) fn handed_over(mut self) -> Self {
        self.0.refusal = false;
        self
    }

    pub(crate) fn is_refusal(&self) -> bool {
        self.0.refusal
    }

    /// The status of the answer; 500 where nobody gave one.
    pub fn status(&self) -> StatusCode {
        self.0.status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// Whether somebody gave a status, so that detail and code are meant for the client.
    pub fn is_public(&self) -> bool {
        self.0.status.is_some()
    }

    /// The machine code, in snake case.
    pub fn code(&self) -> &str {
        &self.0.code
    }

    /// The sentence for the client; `None` for an error without a status.
    pub fn detail(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }

    /// The next step for the developer.
    pub fn help(&self) -> Option<&str> {
        self.0.help.as_deref()
    }

    /// What is wrong with the input, one by one.
    pub fn faults(&self) -> &[Fault] {
        &self.0.faults
    }

    /// The headers of the answer.
    pub fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    /// The extension members of the problem document.
    pub fn members(&self) -> &Map<String, Value> {
        &self.0.members
    }

    /// The place in the source where this became an [`Error`]: the line of the `?`.
    pub fn place(&self) -> &'static Location<'static> {
        self.0.place
    }

    /// The Rust type this was made from.
    pub fn kind(&self) -> &'static str {
        self.0.kind
    }

    /// The backtrace, captured in development for errors without a status.
    pub fn backtrace(&self) -> Option<&Backtrace> {
        self.find::<Panicked>().and_then(Panicked::backtrace).or(self.0.backtrace.as_deref())
    }

    /// What this was made from.
    pub fn source(&self) -> Option<&(dyn StdError + Send + Sync + 'static)> {
        self.0.source.as_deref()
    }

    /// The first error of type `E` along the chain of causes.
    pub fn find<E: StdError + 'static>(&self) -> Option<&E> {
        self.chain().find_map(|error| error.downcast_ref())
    }

    /// The chain of causes, outermost first.
    pub fn chain(&self) -> impl Iterator<Item = &(dyn StdError + 'static)> {
        let first: Option<&(dyn StdError + 'static)> = match &self.0.source {
            Some(source) => Some(&**source),
            None => None,
        };
        let mut next = first;
        std::iter::from_fn(move || {
            let error = next?;
            next = error.source();
            Some(error)
        })
    }

    /// Takes status and text from what a typed problem says of itself, where nobody gave a status.
    pub(crate) fn adopt(&mut self, outline: Outline) {
        self.0.status = Some(outline.status);
        self.0.code = outline.code;
        self.0.detail = outline.detail.map(Cow::Owned);
        self.0.members = outline.members;
        self.0.headers.extend(outline.headers);
    }

    #[track_caller]
    pub(crate) fn from_problem<P: Problem>(problem: P) -> Self {
        if problem.is_transparent() {
            return Self::from(problem);
        }
        let outline = problem.outline();
        let mut error = Self::from(problem);
        if !outline.status.is_server_error() {
            error.0.backtrace = None;
        }
        error.adopt(outline);
        error
    }

    /// The same error for another who asks: it shares its causes.
    pub(crate) fn again(&self) -> Self {
        Self(self.0.clone())
    }

    pub(crate) fn headers_mut(&mut self) -> &mut HeaderMap {
        &mut self.0.headers
    }
}

impl<E: StdError + Send + Sync + 'static> From<E> for Error {
    #[track_caller]
    fn from(source: E) -> Self {
        let mut error = Self::internal(source);
        error.0.kind = std::any::type_name::<E>();
        error
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.0.detail, &self.0.source) {
            (Some(detail), _) => f.write_str(detail),
            (None, Some(source)) => source.fmt(f),
            (None, None) => f.write_str(&self.0.code),
        }
    }
}

/// What was being done when an error happened.
#[derive(Debug)]
struct Context {
    doing: String,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl fmt::Display for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.doing)
    }
}

impl StdError for Context {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.source {
            Some(source) => Some(&**source),
            None => None,
        }
    }
}

/// The error and its causes, as `main` prints them.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")?;
        let skip = usize::from(self.0.detail.is_none());
        for cause in self.chain().skip(skip) {
            write!(f, "\n  caused by: {cause}")?;
        }
        for fault in &self.0.faults {
            write!(f, "\n  {fault}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Outer(std::num::ParseIntError);

    impl fmt::Display for Outer {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("the outer one")
        }
    }

    impl StdError for Outer {
        fn source(&self) -> Option<&(dyn StdError + 'static)> {
            Some(&self.0)
        }
    }

    #[test]
    fn an_error_is_one_word() {
        assert_eq!(size_of::<Error>(), size_of::<usize>());
    }

    #[test]
    fn an_error_is_found_along_the_chain_of_causes() {
        let error = Error::from(Outer("x".parse::<u8>().unwrap_err()));
        assert!(error.find::<std::num::ParseIntError>().is_some());
        assert_eq!(
            format!("{error:?}"),
            "the outer one\n  caused by: invalid digit found in string"
        );
    }

    #[test]
    fn the_place_of_an_error_is_the_line_of_the_question_mark() {
        fn fails() -> Result<u8> {
            Ok("x".parse::<u8>()?)
        }
        let error = fails().unwrap_err();
        assert_eq!(error.place().line(), line!() - 3);
        assert!(error.place().file().ends_with("error/mod.rs"));
    }
}
