//! Where a route comes from: an attribute, or a function given by hand.

use std::any::TypeId;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use http::Method;

use super::Common;
use crate::endpoint::Endpoint;
use crate::error::{Named, Problem, Result};
use crate::handler::Handler;
use crate::pipeline::StepSource;
use crate::report::{Place, Reported};
use crate::site::Site;

/// What an attribute such as `#[get("/books/{id}")]` makes of a function.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a route",
    note = "put an attribute such as `#[get(\"/path\")]` on the function"
)]
pub trait Route: Sized + 'static {
    /// The method.
    const METHOD: &'static str;
    /// The pattern, without the prefixes of the groups it is put into.
    const PATH: &'static str;
    /// The function.
    const PLACE: Place;
    /// What the document says of it.
    const DOC: RouteDoc;

    /// Prepares the arguments and describes the response.
    fn endpoint(site: &mut Site<'_>) -> Result<Arc<dyn Endpoint>, Reported>;

    /// What the attribute says beside method and path.
    fn options() -> RouteOptions {
        RouteOptions::default()
    }
}

/// What the document says of a route.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct RouteDoc {
    /// The doc comment.
    pub text: &'static str,
    /// The operation id, where it was chosen by hand.
    pub id: Option<&'static str>,
    /// The tag, where it was chosen by hand.
    pub tag: Option<&'static str>,
    /// The module of the function.
    pub module: &'static str,
    /// Whether clients should stop calling it.
    pub deprecated: bool,
    /// Whether it is left out of the document.
    pub hidden: bool,
}

impl RouteDoc {
    /// A function of a module, of which nothing else is said.
    pub const fn new(module: &'static str) -> Self {
        Self { text: "", id: None, tag: None, module, deprecated: false, hidden: false }
    }

    /// Sets the doc comment.
    #[must_use]
    pub const fn text(mut self, text: &'static str) -> Self {
        self.text = text;
        self
    }

    /// Chooses the operation id.
    #[must_use]
    pub const fn id(mut self, id: &'static str) -> Self {
        self.id = Some(id);
        self
    }

    /// Chooses the tag.
    #[must_use]
    pub const fn tag(mut self, tag: &'static str) -> Self {
        self.tag = Some(tag);
        self
    }

    /// Says that clients should stop calling it.
    #[must_use]
    pub const fn deprecated(mut self) -> Self {
        self.deprecated = true;
        self
    }

    /// Leaves it out of the document.
    #[must_use]
    pub const fn hidden(mut self) -> Self {
        self.hidden = true;
        self
    }
}

/// What an attribute says beside method and path.
#[derive(Clone, Debug, Default)]
pub struct RouteOptions {
    steps: Vec<StepSource>,
    timeout: Option<TimeLimit>,
    body_limit: Option<usize>,
    query_limit: Option<usize>,
    errors: Vec<Named>,
}

impl RouteOptions {
    /// Adds a guard.
    #[must_use]
    #[track_caller]
    pub fn guard<G: crate::extract::Extract + 'static>(mut self) -> Self {
        self.steps.push(StepSource::guard::<G>());
        self
    }

    /// Sets the time a request may take.
    #[must_use]
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = Some(TimeLimit::After(limit));
        self
    }

    /// Documents of the problem `E` only the variants that are said here; written out for
    /// `errors = […]`, where the pattern proves that the variant exists.
    #[doc(hidden)]
    #[must_use]
    pub fn error<E: Problem>(mut self, _is_variant: fn(&E) -> bool, variant: &'static str) -> Self {
        let (problem, problem_name) = (TypeId::of::<E>(), std::any::type_name::<E>());
        self.errors.push(Named { problem, problem_name, variant, is_met: false });
        self
    }

    /// Sets the most bytes a body may have.
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = Some(bytes);
        self
    }

    /// Sets the most parameters a query may have.
    #[must_use]
    pub fn query_limit(mut self, parameters: usize) -> Self {
        self.query_limit = Some(parameters);
        self
    }
}

/// How long a request may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimeLimit {
    After(Duration),
    Never,
}

impl TimeLimit {
    pub(crate) fn duration(self) -> Option<Duration> {
        match self {
            Self::After(limit) => Some(limit),
            Self::Never => None,
        }
    }
}

/// A route that can be prepared wherever it is mounted.
pub(crate) trait RouteSource: fmt::Debug + Send + Sync {
    fn place(&self) -> Place;
    fn doc(&self) -> RouteDoc;
    /// The type that addresses of the route name.
    fn id(&self) -> Option<TypeId>;
    fn prepare(&self, site: &mut Site<'_>) -> Result<Arc<dyn Endpoint>, Reported>;
}

struct ByAttribute<R>(PhantomData<fn() -> R>);

impl<R: Route> fmt::Debug for ByAttribute<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(R::PLACE.what)
    }
}

impl<R: Route> RouteSource for ByAttribute<R> {
    fn place(&self) -> Place {
        R::PLACE
    }

    fn doc(&self) -> RouteDoc {
        R::DOC
    }

    fn id(&self) -> Option<TypeId> {
        Some(TypeId::of::<R>())
    }

    fn prepare(&self, site: &mut Site<'_>) -> Result<Arc<dyn Endpoint>, Reported> {
        R::endpoint(site)
    }
}

pub(crate) fn by_attribute<R: Route>() -> (Method, Arc<dyn RouteSource>, Common) {
    // The attribute has checked that the method is a token.
    let method = Method::from_bytes(R::METHOD.as_bytes()).unwrap_or(Method::GET);
    let RouteOptions { steps, timeout, body_limit, query_limit, errors } = R::options();
    let common = Common { steps, errors, timeout, body_limit, query_limit, ..Common::default() };
    (method, Arc::new(ByAttribute::<R>(PhantomData)), common)
}

struct ByHand<Args, H> {
    handler: Arc<H>,
    place: Place,
    arguments: PhantomData<fn() -> Args>,
}

impl<Args, H> fmt::Debug for ByHand<Args, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.place.what)
    }
}

impl<Args: 'static, H: Handler<Args>> RouteSource for ByHand<Args, H> {
    fn place(&self) -> Place {
        self.place
    }

    fn doc(&self) -> RouteDoc {
        let full = self.place.what.trim_end_matches("::{{closure}}");
        let module = full.rsplit_once("::").map_or("", |(module, _)| module);
        RouteDoc { module, ..RouteDoc::default() }
    }

    fn id(&self) -> Option<TypeId> {
        None
    }

    fn prepare(&self, site: &mut Site<'_>) -> Result<Arc<dyn Endpoint>, Reported> {
        Arc::clone(&self.handler).prepare(site)
    }
}

pub(crate) fn by_hand<Args: 'static, H: Handler<Args>>(
    handler: H,
    place: Place,
) -> Arc<dyn RouteSource> {
    Arc::new(ByHand { handler: Arc::new(handler), place, arguments: PhantomData })
}
