//! Typed errors that know their status, and so appear in the OpenAPI document.

use std::any::TypeId;
use std::borrow::Cow;
use std::error::Error as StdError;

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::{Map, Value};

use super::Error;
use super::member::{Describe, ProblemMember, describe};

/// What a problem says of itself to the client.
///
/// ```
/// use http::StatusCode;
/// use purlin_core::Outline;
///
/// let outline = Outline::new(StatusCode::CONFLICT, "on_loan")
///     .detail("the book is on loan")
///     .member("until", "2031-05-01");
/// assert_eq!(outline.members["until"], "2031-05-01");
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Outline {
    /// The status of the answer.
    pub status: StatusCode,
    /// The machine code, in snake case.
    pub code: Cow<'static, str>,
    /// The sentence for the client; `None` shows nothing but the status.
    pub detail: Option<String>,
    /// Extension members of the problem document.
    pub members: Map<String, Value>,
    /// Headers of the answer, such as `Retry-After`.
    pub headers: HeaderMap,
}

impl Outline {
    /// A status with its machine code, and nothing else to say.
    pub fn new(status: StatusCode, code: impl Into<Cow<'static, str>>) -> Self {
        let (members, headers) = (Map::new(), HeaderMap::new());
        Self { status, code: code.into(), detail: None, members, headers }
    }

    /// Adds the sentence for the client.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Adds an extension member of the problem document (RFC 9457 §3.2).
    #[must_use]
    pub fn member(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.members.insert(name.into(), value.into());
        self
    }

    /// Adds a header of the answer, such as `Retry-After`.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.append(name, value);
        self
    }
}

/// One status a problem type can answer with.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ProblemStatus {
    /// The status of the answer.
    pub status: StatusCode,
    /// The machine code, in snake case.
    pub code: Cow<'static, str>,
    /// What it means, for the document.
    pub description: Cow<'static, str>,
    pub(crate) members: Vec<(Cow<'static, str>, Describe)>,
}

impl ProblemStatus {
    /// Adds an extension member, which every such answer has.
    pub fn member<T: ProblemMember>(&mut self, name: impl Into<Cow<'static, str>>) -> &mut Self {
        let name = name.into();
        if self.members.iter().all(|(known, _)| *known != name) {
            self.members.push((name, describe::<T>()));
        }
        self
    }
}

/// A variant of a problem type that a route says it answers with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Named {
    pub(crate) problem: TypeId,
    pub(crate) problem_name: &'static str,
    pub(crate) variant: &'static str,
    /// Whether the type was documented on the route, and has it.
    pub(crate) is_met: bool,
}

/// All statuses a problem type can answer with; goes into the OpenAPI document.
#[derive(Clone, Debug, Default)]
pub struct Problems {
    list: Vec<ProblemStatus>,
    open: bool,
    named: Vec<Named>,
}

impl Problems {
    /// Of the types in `named`, only those variants.
    pub(crate) fn only(named: Vec<Named>) -> Self {
        Self { named, ..Self::default() }
    }

    pub(crate) fn into_named(self) -> Vec<Named> {
        self.named
    }

    /// Adds one, and returns it, to be given members.
    pub fn add(
        &mut self,
        status: StatusCode,
        code: impl Into<Cow<'static, str>>,
        description: impl Into<Cow<'static, str>>,
    ) -> &mut ProblemStatus {
        let (code, description) = (code.into(), description.into());
        let at = self.list.len();
        self.list.push(ProblemStatus { status, code, description, members: Vec::new() });
        &mut self.list[at]
    }

    /// Says that there may be others: any status, with any code.
    pub fn any(&mut self) {
        self.open = true;
    }

    /// Whether a variant of `P` belongs into the document of this route; asked by the derive.
    #[doc(hidden)]
    pub fn wants<P: Problem>(&mut self, variant: &str) -> bool {
        let of_this = |named: &&mut Named| named.problem == TypeId::of::<P>();
        let mut all = self.named.iter_mut().filter(of_this).peekable();
        if all.peek().is_none() {
            return true;
        }
        let found = all.find(|named| named.variant == variant);
        found.map(|named| named.is_met = true).is_some()
    }

    pub(crate) fn is_open(&self) -> bool {
        self.open
    }

    /// All that were added.
    pub fn iter(&self) -> impl Iterator<Item = &ProblemStatus> {
        self.list.iter()
    }
}

/// An error type whose values know their status. Derive it beside `thiserror::Error`.
///
/// The status survives `?` into [`Error`] on the routes that declare the type: by their return
/// type, or by `Routes::problem` or `App::problem`.
///
/// ```ignore
/// #[derive(Debug, thiserror::Error, Problem)]
/// enum LoanError {
///     #[error("the library has no such book")]
///     #[problem(status = 404, code = "book_not_found")]
///     NoBook,
///     #[error("every copy is with a reader until {until}")]
///     #[problem(status = 409)]
///     OnLoan {
///         #[problem(member)]
///         until: Date,
///     },
///     #[error("you have no such loan")]
///     #[problem(status = 404, code = "loan_not_found")]
///     NoLoan,
///     #[error("the loans could not be read")]
///     #[problem(transparent)]
///     Database(#[from] DbErr),
/// }
/// ```
///
/// The code of a variant is its name in snake case, unless it says another one: `OnLoan` is
/// `on_loan`. A client tells errors apart by their codes, so give each thing that can be missing
/// its own: a variant `NotFound` says `not_found`, which is also what [`Error::not_found`] and an
/// `Option` that is `None` say. A path that no route answers is `route_not_found`.
///
/// The document describes a variant by the first paragraph of its doc comment; without one by the
/// text of `#[error("…")]`, where `…` stands for each value. A field marked `#[problem(member)]` is
/// a member of the answer, and of its schema: its type derives `Serialize` and `JsonSchema`.
///
/// # One type for several handlers
///
/// A handler documents every variant of the type that it returns. Where the parts of an application
/// share one type, and a handler gives some of its answers only, the attribute lists these:
///
/// ```ignore
/// #[post("/loans/{id}/return", errors = [LoanError::NoLoan])]
/// async fn give_back(id: LoanId, loans: Inject<Loans>) -> Result<Json<Loan>, LoanError> {
///     Ok(Json(loans.give_back(id).await?))
/// }
/// ```
///
/// A variant that does not exist does not compile, and one of a type that nothing on the route
/// answers with is refused at assembly. An answer that was left out is still given when the handler
/// returns it; the test kit then says that the document does not promise it. A variant that is
/// `transparent` stands for any answer: leave it out only where what it wraps is the server's own
/// fault. Handlers without an attribute return a type of their own.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say which status it is",
    note = "derive `Problem` on `{Self}`, with `#[problem(status = …)]` on each variant"
)]
pub trait Problem: StdError + Send + Sync + 'static {
    /// Lists every status this type can answer with.
    fn document(problems: &mut Problems);
    /// What this value says of itself.
    fn outline(&self) -> Outline;
    /// Whether this value leaves its status to what it wraps: a database error, say, which is 409,
    /// 404 or 503 as the case may be.
    fn is_transparent(&self) -> bool {
        false
    }
}

/// What may stand as the error of a handler's `Result`: [`Error`], or a [`Problem`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say which status it is",
    label = "this error has no status",
    note = "return `purlin::Result<T>`: `?` turns any error into it, as a 500",
    note = "or derive `Problem` on `{Self}`, with `#[problem(status = …)]` on each variant"
)]
pub trait Failure: Sized + Send {
    /// Lists every status this type can answer with.
    fn document(problems: &mut Problems);
    /// Recovers the status of a value of this type that became an [`Error`] by `?`.
    fn recognize(error: &Error) -> Option<Outline>;
    /// The error to render.
    fn into_error(self) -> Error;
}

impl Failure for Error {
    fn document(problems: &mut Problems) {
        problems.any();
    }

    fn recognize(_error: &Error) -> Option<Outline> {
        None
    }

    fn into_error(self) -> Error {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<P: Problem> Failure for P {
    fn document(problems: &mut Problems) {
        P::document(problems);
    }

    fn recognize(error: &Error) -> Option<Outline> {
        error.find::<P>().filter(|problem| !problem.is_transparent()).map(P::outline)
    }

    #[track_caller]
    fn into_error(self) -> Error {
        Error::from_problem(self)
    }
}
