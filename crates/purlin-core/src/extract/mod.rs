//! Extractors: what a handler asks for by type, prepared once and taken per request.
//!
//! An extractor does two things at two times. When the application is assembled it documents
//! itself, asks for what it needs, or refuses; per request it takes its value. Everything else,
//! from OpenAPI to guards and limits per route, follows from that.

mod body;
mod client;
mod config;
mod cookies;
mod form;
mod header;
mod input;
mod json;
mod languages;
mod limits;
mod multipart;
mod optional;
mod pairs;
mod path;
mod query;
mod rules;
mod text;
mod typed;
mod urls;

use std::any::Any;

pub use self::body::Text;
pub(crate) use self::body::{body_timeout, read_whole};
pub use self::client::ClientAddress;
pub use self::config::Config;
pub use self::cookies::Cookies;
pub use self::form::Form;
pub use self::header::Header;
pub use self::input::{Input, Unchecked};
pub use self::json::Json;
pub use self::languages::Languages;
pub use self::multipart::{Field, Multipart};
pub use self::path::{Host, Path, PathValue, Segment};
pub use self::query::Query;
pub use self::rules::{Checked, Faults, Rules};
pub use self::urls::Urls;
use crate::error::Result;
use crate::report::Reported;
use crate::request::Request;
use crate::services::{Inject, Resolve};
use crate::site::Site;

/// A value that a handler, a guard or a middleware asks for by type.
///
/// Implement it for what your application asks for again and again: the signed-in reader, the
/// tenant, a permission.
///
/// # Example
///
/// A guard that documents itself, and stops a request before its body is read:
///
/// ```
/// use purlin_core::{Error, Extract, Reported, Request, Result, Site};
/// use purlin_core::openapi::SecurityScheme;
/// use http::StatusCode;
///
/// struct Token(String);
///
/// impl Extract for Token {
///     type Prepared = ();
///
///     fn prepare(site: &mut Site<'_>) -> Result<(), Reported> {
///         let operation = site.operation();
///         operation.security("bearer", SecurityScheme::bearer(), vec![]);
///         operation.problem(StatusCode::UNAUTHORIZED, "unauthorized", "No token was sent");
///         Ok(())
///     }
///
///     async fn extract((): &(), request: &mut Request) -> Result<Self> {
///         let token = request.header("authorization").and_then(|h| h.strip_prefix("Bearer "));
///         let token = token.ok_or_else(|| Error::unauthorized("Bearer", "send a token").absent())?;
///         Ok(Self(token.to_owned()))
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be taken from a request",
    label = "this is no extractor",
    note = "a service is asked for as `Inject<{Self}>`, a JSON body as `Json<{Self}>`, a query as `Query<{Self}>`, a form as `Form<{Self}>`",
    note = "a path parameter is an argument of the name it has in the path",
    note = "a guard or another type of your own becomes one: implement `Extract` for `{Self}`"
)]
pub trait Extract: Sized + Send {
    /// Worked out once, when the application is assembled.
    type Prepared: Send + Sync + 'static;
    /// Whether it consumes the request body: it is then taken after all other arguments. Two of them
    /// in one handler do not compile under a route attribute; by hand they are refused at assembly,
    /// with P0105.
    const READS_BODY: bool = false;

    /// Once, at assembly, without I/O: documents itself, asks for what it needs, or refuses.
    fn prepare(site: &mut Site<'_>) -> Result<Self::Prepared, Reported>;

    /// As [`prepare`](Self::prepare), for an argument of type `Option<Self>`; `None` is for what
    /// can be known to be absent at assembly.
    fn prepare_optional(site: &mut Site<'_>) -> Result<Option<Self::Prepared>, Reported> {
        Self::prepare(site).map(Some)
    }

    /// The text of a value in an address; only path parameters have one.
    #[doc(hidden)]
    fn path_text(_value: &dyn Any) -> String {
        String::new()
    }

    /// Once per request.
    fn extract(
        prepared: &Self::Prepared,
        request: &mut Request,
    ) -> impl Future<Output = Result<Self>> + Send;
}

impl<T: ?Sized + Send + Sync + 'static> Extract for Inject<T> {
    type Prepared = <Self as Resolve>::Prepared;

    fn prepare(site: &mut Site<'_>) -> Result<Self::Prepared, Reported> {
        site.needs(<Self as Resolve>::prepare)
    }

    fn prepare_optional(site: &mut Site<'_>) -> Result<Option<Self::Prepared>, Reported> {
        Ok(site.optional(|site| site.needs(<Self as Resolve>::prepare)))
    }

    async fn extract(prepared: &Self::Prepared, _request: &mut Request) -> Result<Self> {
        Self::resolve(prepared)
    }
}
