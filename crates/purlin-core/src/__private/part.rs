//! What a type is used as where it was complained about already, if there was something to say.
//!
//! A type that is no extractor is one mistake, which is said where it is prepared; one that is no
//! response, where it is described. Everywhere else it is used as one of these, which is fine with
//! every type: the function of the `impl` is there for the right types only, and then goes before
//! that of the trait beside it.

use std::fmt;
use std::future::Ready;
use std::marker::PhantomData;

use http::StatusCode;

use crate::error::{Error, Failure, Result};
use crate::extract::{Extract, PathValue, Segment};
use crate::request::Request;
use crate::respond::{Answer, Respond};
use crate::response::Response;
use crate::site::Site;

/// A type that is taken from a request.
#[derive(Debug)]
pub struct Part<T>(PhantomData<T>);

impl<T: Extract> Part<T> {
    /// Yes.
    pub const IS_EXTRACTOR: bool = true;
    /// Whether it reads the body.
    pub const READS_BODY: bool = T::READS_BODY;

    /// Takes it.
    pub fn extract<'a>(
        prepared: &'a T::Prepared,
        request: &'a mut Request,
    ) -> impl Future<Output = Result<T>> + Send + use<'a, T> {
        T::extract(prepared, request)
    }
}

/// A [`Part`] that is no extractor, and of which it is known what it was prepared to.
pub trait NoPart {
    /// The type itself.
    type Value;
    /// No.
    const IS_EXTRACTOR: bool = false;
    /// Nothing.
    const READS_BODY: bool = false;

    /// Never called, because the mistake was said.
    fn extract<P>(_prepared: &P, _request: &mut Request) -> Ready<Result<Self::Value>> {
        unreachable!()
    }
}

impl<T> NoPart for Part<T> {
    type Value = T;
}

/// A [`Part`] that is no extractor, where the function that takes it says what it was prepared to.
pub trait NoErasedPart {
    /// The type itself.
    type Value;
    /// Nothing.
    const READS_BODY: bool = false;

    /// Never called, because the mistake was said.
    fn extract(_prepared: &(), _request: &mut Request) -> Ready<Result<Self::Value>> {
        unreachable!()
    }
}

impl<T> NoErasedPart for Part<T> {
    type Value = T;
}

/// A type whose value stands in the path of an address.
#[derive(Debug)]
pub struct PathText<T>(PhantomData<T>);

impl<T: PathValue> PathText<T> {
    /// Its text.
    pub fn of(value: &T) -> String {
        <Segment<T> as Extract>::path_text(value)
    }
}

/// A [`PathText`] of a type that cannot stand in a path.
pub trait NoPathText<T> {
    /// Never called, because the mistake was said.
    fn of(_value: &T) -> String {
        unreachable!()
    }
}

impl<T> NoPathText<T> for PathText<T> {}

/// What stands in an address for a path parameter whose type no argument says, because one of
/// several extractors takes it. Where one of them is none, anything may.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be written into a path",
    label = "not a text",
    note = "give a number, a text or something else that implements `Display`",
    note = "or take the path parameter by its name, and give the type of that argument"
)]
pub trait Written<const BY_EXTRACTORS: bool> {
    /// Its text.
    fn written(&self) -> String;
}

impl<T: fmt::Display + ?Sized> Written<true> for T {
    fn written(&self) -> String {
        self.to_string()
    }
}

impl<T> Written<false> for T {
    fn written(&self) -> String {
        unreachable!()
    }
}

/// A type that a variant of an enum of responses holds.
#[derive(Debug)]
pub struct Variant<T>(PhantomData<T>);

impl<T: Respond> Variant<T> {
    /// Answers with its value.
    pub fn respond(value: T, status: Option<u16>, answer: &mut Answer<'_>) -> Result<Response> {
        let mut response = value.respond(answer)?;
        if let Some(status) = status {
            response.set_status(StatusCode::from_u16(status)?);
        }
        Ok(response)
    }
}

/// A [`Variant`] that holds no response.
pub trait NoVariant<T> {
    /// Never called, because the mistake was said.
    fn respond(_value: T, _status: Option<u16>, _answer: &mut Answer<'_>) -> Result<Response> {
        unreachable!()
    }
}

impl<T> NoVariant<T> for Variant<T> {}

/// What the function of a dependency returns.
#[derive(Debug)]
pub struct Outcome<T>(PhantomData<T>);

impl<T, E: Failure> Outcome<Result<T, E>> {
    /// Documents how it may fail, and keeps the status of what it fails with.
    pub fn document(site: &mut Site<'_>) {
        site.problems(E::document);
        site.recognizes(E::recognize);
    }
}

/// An [`Outcome`] whose error says nothing of itself, and becomes any error.
pub trait AnyFailure {
    /// Documents that anything may be the answer.
    fn document(site: &mut Site<'_>) {
        site.problems(Error::document);
    }
}

impl<T> AnyFailure for Outcome<T> {}
