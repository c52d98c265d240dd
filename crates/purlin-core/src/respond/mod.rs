//! Responses: what a handler returns, and what it says of itself in the document.

mod cookie;
mod cookies;
mod empty;
mod negotiated;
mod output;
mod page;
mod part;
mod redirect;
mod status;
mod value;

use http::{HeaderMap, Method, Uri};

pub use self::cookie::{Cookie, SameSite, has_prefix};
pub use self::cookies::SetCookies;
pub use self::empty::NoContent;
pub use self::negotiated::{Format, Negotiated, Represent};
pub use self::output::{HasSchema, Writable};
pub use self::page::{CursorPage, CursorQuery, Page, PageQuery};
pub use self::part::RespondPart;
pub use self::redirect::Redirect;
pub(crate) use self::status::describe_alternative;
pub use self::status::{Accepted, Created, Status};
pub use self::value::Html;
use crate::connection::Connection;
use crate::error::Result;
use crate::negotiate::Accept;
use crate::request::Request;
use crate::response::Response;
use crate::site::{RouteFacts, Site};
use crate::url::Url;

/// What a handler may return.
///
/// Text, `Json`, `Html`, bytes, a status with any of these, `Result`, `Option`, redirects and
/// pages do; `#[derive(Respond)]` makes an enum of them one return type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a response",
    label = "not a response",
    note = "to send a value as JSON, return `Json<…>` around its type, which derives `Serialize` and `JsonSchema`",
    note = "a type of your own becomes a response by implementing `Respond`"
)]
pub trait Respond: Sized {
    /// Once, at assembly: adds the answers to the operation, and asks for what they need.
    fn describe(site: &mut Site<'_>);
    /// Once per request: becomes the response.
    fn respond(self, answer: &mut Answer<'_>) -> Result<Response>;
}

/// What a response knows of the request it answers.
#[derive(Debug)]
pub struct Answer<'a> {
    facts: &'a RouteFacts,
    request: &'a Request,
}

impl<'a> Answer<'a> {
    #[doc(hidden)]
    pub fn new(facts: &'a RouteFacts, request: &'a Request) -> Self {
        Self { facts, request }
    }

    /// Writes an address out, prefix included.
    ///
    /// # Errors
    ///
    /// When the application does not mount the route.
    pub fn url(&self, url: &Url) -> Result<String> {
        self.facts.resolve(url, self.request)
    }

    /// The target of the request, for links to itself.
    pub fn uri(&self) -> &Uri {
        self.request.uri()
    }

    /// The method of the request.
    pub fn method(&self) -> &Method {
        self.request.method()
    }

    /// The header fields of the request.
    pub fn headers(&self) -> &HeaderMap {
        self.request.headers()
    }

    /// The connection that the request arrived on, with what a trusted proxy says of its client.
    pub fn connection(&self) -> &Connection {
        self.request.connection()
    }

    /// What the client accepts.
    pub fn accept(&self) -> Accept {
        Accept::of(self.request.headers())
    }

    /// The route that answers.
    pub fn route(&self) -> &RouteFacts {
        self.facts
    }
}
