//! Routes: which handler answers which method on which path, and the steps before it.
//!
//! A [`Routes`] is a value: functions return it, groups nest it under a prefix to any depth, and
//! what is said about a group (steps, error handlers, limits) goes for all routes in it, whatever
//! the order in which it was said.

mod route;
mod services;

use std::sync::Arc;
use std::time::Duration;

use http::Method;

pub(crate) use self::route::TimeLimit;
pub use self::route::{Route, RouteDoc, RouteOptions};
pub(crate) use self::route::{RouteSource, by_attribute, by_hand};
use crate::condition::Condition;
use crate::deprecation::Deprecation;
use crate::error::{Failure, Named, Problems, Result};
use crate::extract::Extract;
use crate::handler::Handler;
use crate::multipart::FormLimits;
use crate::pattern::join;
use crate::pipeline::{After, Hook, Middleware, StepSource};
use crate::pipeline::{Catch, Catchable, ErrorHandler};
use crate::report::{Place, Reported};
use crate::response::Response;
use crate::router::any_method;
use crate::services::Group;
use crate::site::{Recognize, Site};

type PrepareCatch = dyn Fn(&mut Site<'_>) -> Result<Catch, Reported> + Send + Sync;

/// An error handler as it was described, to be prepared for each route it stands on.
#[derive(Clone)]
pub(crate) struct CatchSource {
    prepare: Arc<PrepareCatch>,
    /// How many groups with services of their own lie further in.
    outside_of: usize,
}

impl CatchSource {
    pub(crate) fn prepare(&self, site: &mut Site<'_>) -> Result<Catch, Reported> {
        site.outside_of(self.outside_of, |site| (self.prepare)(site))
    }
}

/// A type of problem that a group declares.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Declared {
    pub(crate) document: fn(&mut Problems),
    pub(crate) recognize: Recognize,
}

/// What goes for all routes of a group.
#[derive(Clone, Default)]
pub(crate) struct Common {
    /// Outermost first.
    pub(crate) steps: Vec<StepSource>,
    /// Nearest first.
    pub(crate) catches: Vec<CatchSource>,
    /// How many of them, from the first on, are these routes' own and for a type of error.
    special_catches: usize,
    pub(crate) problems: Vec<Declared>,
    /// Those that have services of their own; innermost first.
    pub(crate) groups: Vec<Group>,
    /// Which variants of problems the route says it answers with.
    pub(crate) errors: Vec<Named>,
    pub(crate) timeout: Option<TimeLimit>,
    pub(crate) body_limit: Option<usize>,
    pub(crate) form_limits: Option<FormLimits>,
    pub(crate) query_limit: Option<usize>,
    pub(crate) tags: Vec<String>,
    /// The only host on which these routes answer, and where that was said.
    pub(crate) host: Option<(String, Place)>,
    /// All of them must hold.
    pub(crate) conditions: Vec<Condition>,
    /// The versions beside that of these routes, where it stands in the path.
    pub(crate) path_versions: Option<BesideVersions>,
}

/// A version whose name stands in the path.
#[derive(Clone, Debug)]
pub(crate) struct PathVersions {
    /// `/v2`.
    pub(crate) prefix: String,
    /// All that there are.
    pub(crate) names: Arc<[String]>,
}

/// Where the version stands in a pattern, counted from its end, and which there are.
#[derive(Clone, Debug)]
pub(crate) struct BesideVersions {
    pub(crate) behind: usize,
    pub(crate) names: Arc<[String]>,
}

impl std::fmt::Debug for Common {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Common").field("steps", &self.steps).finish_non_exhaustive()
    }
}

impl Common {
    /// Puts what goes for a group around what goes for a route in it.
    fn surround(&self, inner: &mut Self) {
        let groups = inner.groups.len();
        let mut steps = Vec::with_capacity(self.steps.len() + inner.steps.len());
        for step in &self.steps {
            steps.push(step.outside_of(groups));
        }
        steps.append(&mut inner.steps);
        inner.steps = steps;
        for catch in &self.catches {
            inner.catches.push(CatchSource { outside_of: groups, ..catch.clone() });
        }
        inner.groups.extend_from_slice(&self.groups);
        inner.problems.extend_from_slice(&self.problems);
        inner.timeout = inner.timeout.or(self.timeout);
        inner.body_limit = inner.body_limit.or(self.body_limit);
        inner.form_limits = inner.form_limits.or(self.form_limits);
        inner.query_limit = inner.query_limit.or(self.query_limit);
        if inner.host.is_none() {
            inner.host.clone_from(&self.host);
        }
        if inner.path_versions.is_none() {
            inner.path_versions.clone_from(&self.path_versions);
        }
        let mut conditions = self.conditions.clone();
        conditions.append(&mut inner.conditions);
        inner.conditions = conditions;
        if inner.tags.is_empty() {
            inner.tags.clone_from(&self.tags);
        }
    }
}

/// One route as it was described.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) method: Method,
    pub(crate) pattern: String,
    pub(crate) source: Arc<dyn RouteSource>,
    pub(crate) common: Common,
}

/// A group of routes.
///
/// ```
/// use purlin_core::{Path, Routes};
///
/// async fn index() -> &'static str { "all books" }
/// async fn show(Path(id): Path<u32>) -> String { format!("book {id}") }
///
/// let api = Routes::new().nest("/books", Routes::new().get("/", index).get("/{id}", show));
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "routes do nothing until an application has them"]
pub struct Routes {
    entries: Vec<Entry>,
    common: Common,
}

impl Routes {
    /// No routes yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a route that an attribute made; usually written `routes![show, create]`.
    pub fn route<R: Route>(mut self) -> Self {
        let (method, source, common) = by_attribute::<R>();
        self.entries.push(Entry { method, pattern: R::PATH.to_owned(), source, common });
        self
    }

    /// Adds a handler for every method on a path that has no route of its own there.
    ///
    /// It is left out of the OpenAPI document, which knows methods one by one.
    #[track_caller]
    pub fn any<Args: 'static, H: Handler<Args>>(self, path: &str, handler: H) -> Self {
        let place = Place::caller(std::any::type_name::<H>());
        self.any_source(path.to_owned(), by_hand(handler, place))
    }

    pub(crate) fn any_source(mut self, pattern: String, source: Arc<dyn RouteSource>) -> Self {
        let common = Common::default();
        self.entries.push(Entry { method: any_method(), pattern, source, common });
        self
    }

    pub(crate) fn step(mut self, step: StepSource) -> Self {
        self.common.steps.push(step);
        self
    }

    /// Adds a handler for a method on a path.
    #[track_caller]
    pub fn on<Args: 'static, H: Handler<Args>>(
        mut self,
        method: Method,
        path: &str,
        handler: H,
    ) -> Self {
        let place = Place::caller(std::any::type_name::<H>());
        let source = by_hand(handler, place);
        let common = Common::default();
        self.entries.push(Entry { method, pattern: path.to_owned(), source, common });
        self
    }

    /// Adds a handler for GET, which also answers HEAD.
    #[track_caller]
    pub fn get<Args: 'static>(self, path: &str, handler: impl Handler<Args>) -> Self {
        self.on(Method::GET, path, handler)
    }

    /// Adds a handler for POST.
    #[track_caller]
    pub fn post<Args: 'static>(self, path: &str, handler: impl Handler<Args>) -> Self {
        self.on(Method::POST, path, handler)
    }

    /// Adds a handler for PUT.
    #[track_caller]
    pub fn put<Args: 'static>(self, path: &str, handler: impl Handler<Args>) -> Self {
        self.on(Method::PUT, path, handler)
    }

    /// Adds a handler for PATCH.
    #[track_caller]
    pub fn patch<Args: 'static>(self, path: &str, handler: impl Handler<Args>) -> Self {
        self.on(Method::PATCH, path, handler)
    }

    /// Adds a handler for DELETE.
    #[track_caller]
    pub fn delete<Args: 'static>(self, path: &str, handler: impl Handler<Args>) -> Self {
        self.on(Method::DELETE, path, handler)
    }

    /// Adds other routes beside these.
    pub fn merge(mut self, other: impl Into<Self>) -> Self {
        self.entries.extend(other.into().flatten());
        self
    }

    /// Adds other routes under a prefix, which may have parameters: `/orgs/{org}`.
    pub fn nest(mut self, prefix: &str, inner: impl Into<Self>) -> Self {
        for mut entry in inner.into().flatten() {
            entry.pattern = join(prefix, &entry.pattern);
            for group in &mut entry.common.groups {
                group.prefix = format!("{}{}", prefix.trim_end_matches('/'), group.prefix);
            }
            self.entries.push(entry);
        }
        self
    }

    /// Lets only requests through from which `G` can be taken. Its documentation, such as 401 and
    /// the security scheme, becomes that of every route here.
    #[track_caller]
    pub fn guard<G: Extract + 'static>(mut self) -> Self {
        self.common.steps.push(StepSource::guard::<G>());
        self
    }

    /// Changes every response of these routes.
    #[track_caller]
    pub fn after(self, f: impl Fn(&mut Response) + Send + Sync + 'static) -> Self {
        self.hook(After(f))
    }

    /// Adds a hook, which sees requests before and responses after.
    #[track_caller]
    pub fn hook(mut self, hook: impl Hook) -> Self {
        self.common.steps.push(StepSource::hook(hook));
        self
    }

    /// Adds a hook before all other steps.
    #[track_caller]
    pub(crate) fn outermost_hook(mut self, hook: impl Hook) -> Self {
        self.common.steps.insert(0, StepSource::hook(hook));
        self
    }

    /// Adds a middleware; the first one added is the outermost.
    #[track_caller]
    pub fn middleware<Args: 'static>(mut self, middleware: impl Middleware<Args>) -> Self {
        self.common.steps.push(StepSource::middleware(middleware));
        self
    }

    /// Handles errors of type `E` on these routes, wherever `E` is in the chain of causes. It goes
    /// before the handlers of the groups around, and before the application's. Of those that are
    /// added here, one for [`Error`](crate::Error) or [`Unhandled`](crate::Unhandled) comes after
    /// all for a type of error; else the first one that fits is called.
    #[track_caller]
    pub fn on_error<E: Catchable, Args: 'static>(
        mut self,
        handler: impl ErrorHandler<E, Args>,
    ) -> Self {
        let place = Place::caller(std::any::type_name_of_val(&handler));
        let handler = Arc::new(handler);
        let source =
            move |site: &mut Site<'_>| site.step(place, |site| Arc::clone(&handler).prepare(site));
        let catches = &mut self.common.catches;
        let own = if E::IS_GENERAL { catches.len() } else { self.common.special_catches };
        catches.insert(own, CatchSource { prepare: Arc::new(source), outside_of: 0 });
        self.common.special_catches += usize::from(!E::IS_GENERAL);
        self
    }

    /// Declares that handlers here may answer with this problem: it is documented, and keeps its
    /// status when it becomes a [`purlin::Error`](crate::Error) by `?`.
    pub fn problem<E: Failure>(mut self) -> Self {
        let declared = Declared { document: E::document, recognize: E::recognize };
        self.common.problems.push(declared);
        self
    }

    /// How long a request may take until its answer begins; then it is ended with 503, or with 408
    /// while more of its body is waited for.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.common.timeout = Some(TimeLimit::After(limit));
        self
    }

    /// Lets requests take as long as they want.
    pub fn without_timeout(mut self) -> Self {
        self.common.timeout = Some(TimeLimit::Never);
        self
    }

    /// The most bytes a body may have on these routes.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.common.body_limit = Some(bytes);
        self
    }

    /// How much a form may bring on these routes, beside the limit of the whole body.
    pub fn form_limits(mut self, limits: FormLimits) -> Self {
        self.common.form_limits = Some(limits);
        self
    }

    /// The most parameters that a query may have on these routes. Where they are read, more of them
    /// are refused with 422 `too_many_parameters`; how many bytes the whole address may have is up to
    /// the server.
    pub fn query_limit(mut self, parameters: usize) -> Self {
        self.common.query_limit = Some(parameters);
        self
    }

    /// Says that these routes will go: in the header fields `Deprecation`, `Sunset` and `Link` of
    /// their answers, and in the document.
    #[track_caller]
    pub fn deprecated(self, deprecation: Deprecation) -> Self {
        self.hook(deprecation.into_hook())
    }

    /// Puts these routes under the prefix of a version, beside others.
    pub(crate) fn of_path_version(self, versions: &PathVersions) -> Self {
        let mut entries = self.flatten();
        for entry in &mut entries {
            let behind = entry.pattern.split('/').filter(|segment| !segment.is_empty()).count();
            let names = Arc::clone(&versions.names);
            entry.common.path_versions.get_or_insert(BesideVersions { behind, names });
            entry.pattern = join(&versions.prefix, &entry.pattern);
        }
        Self { entries, common: Common::default() }
    }

    /// Lets these routes answer on one host alone: `api.example.com`, or `{tenant}.example.com`,
    /// whose parameter is one label of letters, digits, `-` and `_`, and is taken with [`Host`](crate::Host) or by name.
    /// `*.example.com` is the same without a name.
    ///
    /// Port, case and a dot at the end do not count. Of the routes that match a request, one for its
    /// very host goes first, then one for a pattern, then one without a host. A group in a group may
    /// have a host of its own, which goes before.
    ///
    /// ```
    /// use purlin_core::{Host, Routes};
    ///
    /// let tenant = async |Host(tenant): Host<String>| format!("the site of {tenant}");
    /// let sites = Routes::new().get("/", tenant).host("{tenant}.example.com");
    /// ```
    #[track_caller]
    pub fn host(mut self, pattern: impl Into<String>) -> Self {
        self.common.host = Some((pattern.into(), Place::caller("host")));
        self
    }

    /// Lets these routes answer only where a condition holds, and those that are merged into them.
    /// Said twice, both must hold.
    ///
    /// Several routes may then have one method and path: the first one whose conditions hold
    /// answers, else the one without a condition, else it is 404 `route_not_found`. A closure is a
    /// condition, too: `.when(|facts: &Facts| …)`.
    ///
    /// ```
    /// use purlin_core::{Condition, Routes};
    ///
    /// let mobile = Routes::new()
    ///     .get("/", async || "a small page")
    ///     .when(Condition::header("X-Client", "mobile"));
    /// let routes = Routes::new().get("/", async || "a page").merge(mobile);
    /// ```
    pub fn when(mut self, condition: impl Into<Condition>) -> Self {
        self.common.conditions.push(condition.into());
        self
    }

    /// Shows these routes in the document under this tag, instead of their module's.
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.common.tags.push(tag.into());
        self
    }

    /// Says what goes where neither these routes nor a group in them say something else.
    pub(crate) fn or(mut self, timeout: Duration, body_limit: usize, query_limit: usize) -> Self {
        self.common.timeout.get_or_insert(TimeLimit::After(timeout));
        self.common.body_limit.get_or_insert(body_limit);
        self.common.query_limit.get_or_insert(query_limit);
        self
    }

    pub(crate) fn common(&self) -> Common {
        self.common.clone()
    }

    /// Puts what goes for another group around these routes, too.
    pub(crate) fn with_common(mut self, common: &Common) -> Self {
        self.common = common.clone();
        self
    }

    /// The groups around each route that have services of their own.
    pub(crate) fn groups(&self) -> impl Iterator<Item = &[Group]> {
        self.entries.iter().map(|entry| &entry.common.groups[..])
    }

    /// All routes, each with everything that was said about it.
    pub(crate) fn flatten(self) -> Vec<Entry> {
        let Self { mut entries, common } = self;
        for entry in &mut entries {
            common.surround(&mut entry.common);
        }
        entries
    }
}

/// What has routes of its own: a type with `#[controller]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a controller",
    label = "not a controller",
    note = "put `#[controller(\"/path\")]` on an `impl` block of `{Self}`"
)]
pub trait Controller {
    /// All routes of the controller, under its path.
    fn routes() -> Routes;
}
