//! What the macros write out; no part of the public interface.

mod address;
mod part;

pub use std::borrow::Borrow;
pub use std::sync::Arc;

use http::StatusCode;

pub use self::address::{Addressed, NoRoute};
pub use self::part::{
    AnyFailure, NoErasedPart, NoPart, NoPathText, NoVariant, Outcome, Part, PathText, Variant,
    Written,
};
pub use crate::endpoint::{BoxFuture, Endpoint, Prepared, Run, prepared};
pub use crate::error::{Member, NoMember, document_member};
use crate::error::{Outline, Result};
pub use crate::extract::Segment;
pub use crate::handler::run_blocking;
use crate::respond::{Respond, describe_alternative};
use crate::site::Site;

/// How values are held against schemas; for the fuzz targets, which hold it against `serde`.
pub mod schema {
    pub use crate::schema::{MOST_FAULTS, Violation, check};
}

/// The future in which a request dependency takes its arguments.
pub type Begin<'a, T> =
    std::pin::Pin<Box<dyn Future<Output = Result<BoxFuture<Result<T>>>> + Send + 'a>>;

/// Lets a dependency fail with any error that becomes an [`Error`](crate::Error).
pub fn converted<T, E: Into<crate::Error>>(result: std::result::Result<T, E>) -> Result<T> {
    result.map_err(Into::into)
}

/// Marks the error of an argument: it kept the handler from being called.
pub fn refusing(error: crate::Error) -> crate::Error {
    error.refusing()
}

/// The members of a problem document.
pub type Members = serde_json::Map<String, serde_json::Value>;

/// What a derived problem says of itself.
pub fn outline(
    status: StatusCode,
    code: &'static str,
    detail: Option<String>,
    members: Members,
) -> Outline {
    let mut outline = Outline::new(status, code);
    (outline.detail, outline.members) = (detail, members);
    outline
}

/// Describes one variant of an enum of responses.
pub fn describe_variant<T: Respond>(site: &mut Site<'_>, status: Option<u16>, doc: &'static str) {
    let status = status.and_then(|status| StatusCode::from_u16(status).ok());
    describe_alternative::<T>(site, status, doc);
}

/// Describes what a function returns that does not name it: `-> impl Respond`.
pub fn describe_output<Args, F: Returns<Args>>(_function: &F, site: &mut Site<'_>) {
    F::describe(site);
}

/// As [`describe_output`], for a function that is not async.
pub fn describe_plain_output<Args, F: ReturnsPlainly<Args>>(_function: &F, site: &mut Site<'_>) {
    F::describe(site);
}

/// A plain function of any extractors that returns a response.
pub trait ReturnsPlainly<Args> {
    /// Describes the response.
    fn describe(site: &mut Site<'_>);
}

/// An async function of any extractors that returns a response.
pub trait Returns<Args> {
    /// Describes the response.
    fn describe(site: &mut Site<'_>);
}

macro_rules! returns {
    ($($arg:ident)*) => {
        impl<Func, Fut, Out, $($arg),*> Returns<($($arg,)*)> for Func
        where
            Func: Fn($($arg),*) -> Fut,
            Fut: Future<Output = Out>,
            Out: Respond,
        {
            fn describe(site: &mut Site<'_>) {
                Out::describe(site);
            }
        }

        impl<Func, Out, $($arg),*> ReturnsPlainly<($($arg,)*)> for Func
        where
            Func: Fn($($arg),*) -> Out,
            Out: Respond,
        {
            fn describe(site: &mut Site<'_>) {
                Out::describe(site);
            }
        }
    };
}

returns!();
returns!(A);
returns!(A B);
returns!(A B C);
returns!(A B C D);
returns!(A B C D E);
returns!(A B C D E F);
returns!(A B C D E F G);
returns!(A B C D E F G H);
