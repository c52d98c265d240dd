//! Typed errors that know their status, and so appear in the OpenAPI document.

use std::borrow::Cow;
use std::error::Error as StdError;

use http::{HeaderMap, StatusCode};
use serde_json::{Map, Value};

use super::Error;

/// What a problem says of itself to the client.
#[derive(Clone, Debug)]
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

/// One status a problem type can answer with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProblemStatus {
    /// The status of the answer.
    pub status: StatusCode,
    /// The machine code, in snake case.
    pub code: Cow<'static, str>,
    /// What it means, for the document.
    pub description: Cow<'static, str>,
}

/// All statuses a problem type can answer with; goes into the OpenAPI document.
#[derive(Clone, Debug, Default)]
pub struct Problems {
    list: Vec<ProblemStatus>,
    open: bool,
}

impl Problems {
    /// Adds one.
    pub fn add(
        &mut self,
        status: StatusCode,
        code: impl Into<Cow<'static, str>>,
        description: impl Into<Cow<'static, str>>,
    ) {
        let problem = ProblemStatus { status, code: code.into(), description: description.into() };
        if !self.list.contains(&problem) {
            self.list.push(problem);
        }
    }

    /// Says that there may be others: any status, with any code.
    pub fn any(&mut self) {
        self.open = true;
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
