//! The application: a description of everything, and nothing done yet.

mod assembly;
mod module;

use std::any::{Any, TypeId};
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

use self::assembly::Consumer;
pub use self::assembly::{Arguments, Assembled, CommandInfo, RouteInfo, Started};
pub use self::module::{Inspection, Module};
use crate::builtin::DocsPaths;
use crate::config::{Configuration, Mode};
use crate::dependency::Dependency;
use crate::error::{Failure, Result};
use crate::events::{Subscriber, Subscription};
use crate::extract::Extract;
use crate::handler::Handler;
use crate::multipart::FormLimits;
use crate::openapi::Schemas;
use crate::pipeline::TrailingSlash;
use crate::pipeline::{Catchable, ErrorHandler};
use crate::pipeline::{Hook, Middleware};
use crate::report::{Place, Report};
use crate::response::Response;
use crate::routes::{RouteSource, Routes, by_hand};
use crate::schema::read_value;
use crate::services::Section;
use crate::services::{Close, Factory, Provider, Registration, ServiceTable, Slot, Source};

/// How long a stop hook, and the closing of a service, may take unless something else is said.
const STOP_TIMEOUT: Duration = Duration::from_secs(10);

/// Reads one section of the configuration into a service.
pub(crate) type ReadSection =
    Box<dyn FnOnce(&Configuration, &mut ServiceTable, &mut Report) + Send>;

/// Says the defaults of a section for an application of this name in this mode.
pub(crate) type SectionDefaults = Box<dyn FnOnce(&str, Mode) -> serde_json::Value + Send>;

/// Looks at the whole application.
pub(crate) type Inspect = Box<dyn FnOnce(&Inspection<'_>, &mut Report) + Send>;

/// A section of the configuration that the application knows.
pub(crate) struct DeclaredSection {
    pub(crate) name: &'static str,
    /// The type that it is read into.
    pub(crate) id: TypeId,
    pub(crate) place: Place,
    pub(crate) schema: serde_json::Value,
    pub(crate) defaults: serde_json::Value,
    pub(crate) read: ReadSection,
}

/// A subcommand of the application's binary.
pub(crate) struct Command {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) run: Consumer,
}

/// An application: routes, services, steps, error handlers, modules, described and not yet done.
///
/// Nothing here does I/O. [`assemble`](Self::assemble) finds every mistake in the description at
/// once; [`Assembled::start`](crate::Assembled::start) makes the services; the
/// [`Service`](crate::Service) answers requests.
///
/// ```
/// use purlin_core::{App, Routes};
///
/// async fn hello() -> &'static str {
///     "Hello, world!"
/// }
///
/// let app = App::new("hello").routes(Routes::new().get("/", hello));
/// assert!(app.assemble().is_ok());
/// ```
#[must_use = "an application does nothing until it is assembled"]
pub struct App {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) description: Option<String>,
    pub(crate) place: Place,
    pub(crate) routes: Routes,
    pub(crate) fallback: Option<Arc<dyn RouteSource>>,
    pub(crate) provides: Vec<Registration>,
    pub(crate) replaces: Vec<Registration>,
    pub(crate) sections: Vec<DeclaredSection>,
    pub(crate) section_defaults: Vec<(&'static str, SectionDefaults)>,
    pub(crate) modules: HashSet<TypeId>,
    /// Where the module that is being installed was added.
    installing: Option<Place>,
    pub(crate) inspections: Vec<(Place, Inspect)>,
    pub(crate) subscriptions: Vec<Subscription>,
    pub(crate) most_events: Option<usize>,
    pub(crate) overrides: HashMap<TypeId, Arc<dyn Any + Send + Sync>>,
    pub(crate) on_start: Vec<Consumer>,
    pub(crate) on_stop: Vec<Consumer>,
    pub(crate) checks: Vec<(String, Consumer)>,
    pub(crate) commands: Vec<Command>,
    pub(crate) configuration: Configuration,
    pub(crate) stop_timeout: Duration,
    pub(crate) trailing_slash: TrailingSlash,
    pub(crate) docs: Option<bool>,
    pub(crate) docs_paths: DocsPaths,
    pub(crate) health: bool,
    pub(crate) security_headers: bool,
    pub(crate) request_log: bool,
    pub(crate) request_id: bool,
    pub(crate) read_source: Option<fn(&str) -> Option<String>>,
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("name", &self.name).finish_non_exhaustive()
    }
}

impl App {
    /// An application without routes.
    #[track_caller]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            version: "0.1.0".to_owned(),
            description: None,
            place: Place::caller("App::new"),
            routes: Routes::new(),
            fallback: None,
            provides: Vec::new(),
            replaces: Vec::new(),
            sections: Vec::new(),
            section_defaults: Vec::new(),
            modules: HashSet::new(),
            installing: None,
            inspections: Vec::new(),
            subscriptions: Vec::new(),
            most_events: None,
            overrides: HashMap::new(),
            on_start: Vec::new(),
            on_stop: Vec::new(),
            checks: Vec::new(),
            commands: Vec::new(),
            configuration: Configuration::new(mode_of_build()),
            stop_timeout: STOP_TIMEOUT,
            trailing_slash: TrailingSlash::default(),
            docs: None,
            docs_paths: DocsPaths::default(),
            health: true,
            security_headers: true,
            request_log: true,
            request_id: true,
            read_source: None,
        }
    }

    /// The version of the API, for its document; `0.1.0` unless said.
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.version = version.into();
        self
    }

    /// What the API is for, in Markdown, for its document.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Adds routes: `routes![show, create]`, a [`Routes`], or what a function made of them.
    pub fn routes(mut self, routes: impl Into<Routes>) -> Self {
        self.routes = self.routes.merge(routes);
        self
    }

    /// Adds routes under a prefix.
    pub fn nest(mut self, prefix: &str, routes: impl Into<Routes>) -> Self {
        self.routes = self.routes.nest(prefix, routes);
        self
    }

    /// Answers what no route answers, instead of 404.
    #[track_caller]
    pub fn fallback<Args: 'static>(mut self, handler: impl Handler<Args>) -> Self {
        self.fallback = Some(by_hand(handler, Place::caller("fallback")));
        self
    }

    /// Installs a module: a battery, or a part of the application that brings its own routes,
    /// services and checks.
    #[track_caller]
    pub fn with<M: Module>(mut self, module: M) -> Self {
        self.modules.insert(TypeId::of::<M>());
        // A module that another one installs is the user's line, too.
        let (outer, here) = (self.installing, Place::caller(std::any::type_name::<M>()));
        self.installing = outer.or(Some(here));
        let mut app = module.install(self);
        app.installing = outer;
        app
    }

    /// Looks at the whole application once it is put together, and reports what is wrong with it, as
    /// the framework does: with a code, a place and the next step.
    ///
    /// It runs at assembly, after everything else was checked: it does no I/O, and its mistakes keep
    /// the application from starting, beside all others. Codes that begin with `P` and four digits
    /// are the framework's; take a prefix of your own.
    ///
    /// ```
    /// use purlin_core::{App, Mistake, Routes};
    ///
    /// let app = App::new("shop").routes(Routes::new().post("/orders", async || "placed")).inspect(
    ///     |application, report| {
    ///         for route in application.routes().iter().filter(|route| route.method == "POST") {
    ///             let mistake = Mistake::new("SHOP1", format!("`{}` changes things", route.pattern));
    ///             report.add(mistake.at(route.place()).help("this shop is closed: remove it"));
    ///         }
    ///     },
    /// );
    /// assert!(app.assemble().unwrap_err().to_string().starts_with("error[SHOP1]"));
    /// ```
    #[track_caller]
    pub fn inspect(
        mut self,
        inspection: impl FnOnce(&Inspection<'_>, &mut Report) + Send + 'static,
    ) -> Self {
        let here = Place::caller("inspect");
        let place = self.installing.unwrap_or(here);
        self.inspections.push((place, Box::new(inspection)));
        self
    }

    /// Subscribes to events of a type: whenever one is emitted through
    /// [`Events`](crate::Events), the function gets it, and the services it asks for.
    ///
    /// Subscribers of one event run side by side. A service that nobody provides keeps the
    /// application from starting.
    #[track_caller]
    pub fn on_event<E, Args>(mut self, subscriber: impl Subscriber<E, Args>) -> Self
    where
        E: Send + Sync + 'static,
        Args: 'static,
    {
        let place = Place::caller(std::any::type_name_of_val(&subscriber));
        self.subscriptions.push(Subscription::new(subscriber, place));
        self
    }

    /// How many deliveries of events may be under way at a time: 10,000 unless said. More are
    /// refused with 503.
    pub fn most_events(mut self, deliveries: usize) -> Self {
        self.most_events = Some(deliveries);
        self
    }

    /// Provides a service that is there already. A later one of the same type replaces it; a group
    /// of routes may have one of its own, see [`Routes::provide`].
    #[track_caller]
    pub fn provide<T: Send + Sync + 'static>(self, service: T) -> Self {
        self.provide_as::<T>(Arc::new(service))
    }

    /// Provides a service under another type: `provide_as::<dyn Mailer>(Arc::new(Smtp::new()))`.
    #[track_caller]
    pub fn provide_as<T: ?Sized + Send + Sync + 'static>(mut self, service: Arc<T>) -> Self {
        self.provides.push(Registration::shared(service));
        self
    }

    /// Provides a service for the case that nobody else does: every other provider of its type
    /// replaces it, wherever that one stands.
    #[track_caller]
    pub fn provide_default_as<T: ?Sized + Send + Sync + 'static>(self, service: Arc<T>) -> Self {
        let mut app = self.provide_as::<T>(service);
        // The last provider of a type stands, so that this one goes before all others.
        app.provides.rotate_right(1);
        app
    }

    /// Provides a service that is made at the start, by an async function of other services.
    #[track_caller]
    pub fn provide_with<T, Args>(mut self, provider: impl Provider<Args, T>) -> Self
    where
        T: Send + Sync + 'static,
        Args: 'static,
    {
        self.provides.push(Registration::made(provider));
        self
    }

    /// As [`provide_with`](Self::provide_with), for a service that is closed when the application
    /// stops.
    #[track_caller]
    pub fn provide_closing<T, Args>(mut self, provider: impl Provider<Args, T>) -> Self
    where
        T: Close,
        Args: 'static,
    {
        self.provides.push(Registration::closing(provider));
        self
    }

    /// Provides a service that is made anew for everybody who asks for it.
    #[track_caller]
    pub fn provide_each<T, Args>(mut self, factory: impl Factory<Args, T>) -> Self
    where
        T: Send + Sync + 'static,
        Args: 'static,
    {
        self.provides.push(Registration::each(factory));
        self
    }

    /// Puts a service in the place of every other of its type, whenever and wherever these are
    /// provided: by the application, its modules, or [groups of routes](Routes::provide). For tests.
    #[track_caller]
    pub fn replace<T: Send + Sync + 'static>(self, service: T) -> Self {
        self.replace_as::<T>(Arc::new(service))
    }

    /// As [`replace`](Self::replace), under another type.
    #[track_caller]
    pub fn replace_as<T: ?Sized + Send + Sync + 'static>(mut self, service: Arc<T>) -> Self {
        self.replaces.push(Registration::shared(service));
        self
    }

    /// Puts a value in the place of a request dependency, for tests.
    pub fn instead_of<D: Dependency>(self, value: D::Value) -> Self {
        self.instead_of_shared::<D>(Arc::new(value))
    }

    /// As [`instead_of`](Self::instead_of), for a value that the test keeps.
    pub fn instead_of_shared<D: Dependency>(mut self, value: Arc<D::Value>) -> Self {
        self.overrides.insert(TypeId::of::<D>(), value);
        self
    }

    /// Declares a section of the configuration, which handlers and providers take as `Config<T>`.
    ///
    /// It is read and checked at assembly; every key that is wrong or unknown is reported with the
    /// place where it stands. Every application has the sections `development`, `requests` and
    /// `security`, and one that is served has `server` and `log`: a section of their names, or of the
    /// name of another one, keeps the application from starting.
    #[track_caller]
    pub fn config<T>(mut self, name: &'static str) -> Self
    where
        T: DeserializeOwned + Serialize + JsonSchema + Send + Sync + 'static,
    {
        let place = Place::caller("config");
        let schema = Schemas::standalone::<T>();
        // In the way in which the section will be read, so that its type is compiled for one.
        let defaults = read_value::<T>(&serde_json::json!({}), &schema).ok();
        let defaults = defaults.and_then(|defaults| serde_json::to_value(defaults).ok());
        let defaults = defaults.unwrap_or_default();
        let read: ReadSection = Box::new(move |configuration, table, report| {
            let slot = Slot::<Section<T>>::empty();
            match configuration.section::<T>(name) {
                Ok(section) => slot.fill(Arc::new(Section(Arc::new(section)))),
                Err(mistakes) => {
                    for mistake in mistakes {
                        report.add_configuration(mistake);
                    }
                }
            }
            table.add(place, Source::Single(slot));
        });
        let id = TypeId::of::<T>();
        let here = Place { what: std::any::type_name::<T>(), ..place };
        self.sections.push(DeclaredSection { name, id, place: here, schema, defaults, read });
        self
    }

    /// Sets defaults of a section that depend on the name of the application or on the mode:
    /// `config_defaults("database", |_, mode| json!({ "migrate": mode != Mode::Prod }))`.
    ///
    /// They are weaker than every other source, and shown with the rest of the configuration.
    pub fn config_defaults(
        mut self,
        section: &'static str,
        defaults: impl FnOnce(&str, Mode) -> serde_json::Value + Send + 'static,
    ) -> Self {
        self.section_defaults.push((section, Box::new(defaults)));
        self
    }

    /// Lets only requests through from which `G` can be taken.
    #[track_caller]
    pub fn guard<G: Extract + 'static>(mut self) -> Self {
        self.routes = self.routes.guard::<G>();
        self
    }

    /// Changes every response, those to unknown paths included.
    #[track_caller]
    pub fn after(mut self, f: impl Fn(&mut Response) + Send + Sync + 'static) -> Self {
        self.routes = self.routes.after(f);
        self
    }

    /// Adds a hook, which sees all requests before and all responses after.
    #[track_caller]
    pub fn hook(mut self, hook: impl Hook) -> Self {
        self.routes = self.routes.hook(hook);
        self
    }

    /// Adds a hook outside of all steps, whenever it is added: for what must be on every answer, and
    /// may have to answer before a guard is asked.
    #[track_caller]
    pub(crate) fn outermost_hook(mut self, hook: impl Hook) -> Self {
        self.routes = self.routes.outermost_hook(hook);
        self
    }

    /// Adds a middleware around everything; the first one added is the outermost.
    #[track_caller]
    pub fn middleware<Args: 'static>(mut self, middleware: impl Middleware<Args>) -> Self {
        self.routes = self.routes.middleware(middleware);
        self
    }

    /// Handles errors of type `E` everywhere, wherever `E` is in the chain of causes. The handler
    /// of a route or a group goes before; of the application's own, the first that fits.
    ///
    /// `E` may be [`Error`](crate::Error), which stands for all errors: register it last.
    #[track_caller]
    pub fn on_error<E: Catchable, Args: 'static>(
        mut self,
        handler: impl ErrorHandler<E, Args>,
    ) -> Self {
        self.routes = self.routes.on_error(handler);
        self
    }

    /// Lets a problem keep its status everywhere when it becomes an [`Error`](crate::Error) by `?`.
    pub fn problem<E: Failure>(mut self) -> Self {
        self.routes = self.routes.problem::<E>();
        self
    }

    /// How long a request may take until its answer begins; then it is ended with 503, or with 408
    /// while more of its body is waited for.
    ///
    /// It is 30 seconds, unless `requests.timeout` of the configuration says something else. What is
    /// said here goes before the configuration, and what a group or a route says goes before both:
    /// code that needs a limit to work does not depend on where it runs.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.routes = self.routes.timeout(limit);
        self
    }

    /// How long each stop hook, and the closing of each service, may take: ten seconds unless said.
    /// Then it is given up, and the next one has its turn.
    pub fn stop_timeout(mut self, limit: Duration) -> Self {
        self.stop_timeout = limit;
        self
    }

    /// The most bytes a body may have: 1 MiB, unless `requests.body_limit` of the configuration says
    /// something else. As with [`timeout`](Self::timeout), what is said here goes before that, and
    /// what a group or a route says before both.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.routes = self.routes.body_limit(bytes);
        self
    }

    /// How much a form may bring: see [`FormLimits`]. Groups and routes may say something else.
    pub fn form_limits(mut self, limits: FormLimits) -> Self {
        self.routes = self.routes.form_limits(limits);
        self
    }

    /// The most parameters a query may have: 1,000, unless `requests.query_limit` of the
    /// configuration says something else. As with [`timeout`](Self::timeout), what is said here goes
    /// before that, and what a group or a route says before both.
    pub fn query_limit(mut self, parameters: usize) -> Self {
        self.routes = self.routes.query_limit(parameters);
        self
    }

    /// What happens to a path that has a slash too many or too few at its end.
    pub fn trailing_slash(mut self, policy: TrailingSlash) -> Self {
        self.trailing_slash = policy;
        self
    }

    /// Serves the OpenAPI document at `/openapi.json` and its page at `/docs`: in development
    /// unless said.
    pub fn docs(mut self, on: bool) -> Self {
        self.docs = Some(on);
        self
    }

    /// Moves the page of the document, `/docs`, and the document itself, `/openapi.json`:
    /// `docs_at("/internal/docs", "/internal/openapi.json")`.
    ///
    /// Whether they are served is another matter, see [`App::docs`]. A path that another route has
    /// is that route's.
    pub fn docs_at(mut self, page: &'static str, document: &'static str) -> Self {
        self.docs_paths = DocsPaths { page, document };
        self
    }

    /// Leaves out `/healthz` and `/readyz`.
    pub fn without_health(mut self) -> Self {
        self.health = false;
        self
    }

    /// Leaves out the security headers, which are on by default.
    pub fn without_security_headers(mut self) -> Self {
        self.security_headers = false;
        self
    }

    /// Leaves out the line per request in the log, which is on by default.
    pub fn without_request_log(mut self) -> Self {
        self.request_log = false;
        self
    }

    /// Leaves out the `X-Request-Id` header of responses, which is on by default.
    pub fn without_request_id(mut self) -> Self {
        self.request_id = false;
        self
    }

    /// Runs an async function of services at the start, after all services were made; functions
    /// run one after the other. A failure ends the start.
    #[track_caller]
    pub fn on_start<Args: 'static>(mut self, hook: impl Provider<Args, ()>) -> Self {
        self.on_start.push(Consumer::new(hook, Place::caller("on_start")));
        self
    }

    /// Runs an async function of services when the application stops, the last one added first.
    /// One that fails, panics or takes longer than [`stop_timeout`](Self::stop_timeout) is logged,
    /// and the others run all the same.
    #[track_caller]
    pub fn on_stop<Args: 'static>(mut self, hook: impl Provider<Args, ()>) -> Self {
        self.on_stop.push(Consumer::new(hook, Place::caller("on_stop")));
        self
    }

    /// Adds something that must work for `/readyz` to say so: a database that answers, for example.
    #[track_caller]
    pub fn check<Args: 'static>(
        mut self,
        name: impl Into<String>,
        check: impl Factory<Args, crate::endpoint::BoxFuture<Result>>,
    ) -> Self {
        self.checks.push((name.into(), Consumer::repeated(check, Place::caller("check"))));
        self
    }

    /// Adds a subcommand to the application's binary; it gets services, and
    /// [`Arguments`](crate::Arguments) of the command line.
    #[track_caller]
    pub fn command<Args: 'static>(
        mut self,
        name: &'static str,
        about: &'static str,
        run: impl Provider<Args, ()>,
    ) -> Self {
        let run = Consumer::new(run, Place::caller("command"));
        self.commands.push(Command { name, about, run });
        self
    }

    /// Sets the configuration; `run` and the test kit do that.
    pub fn configuration(mut self, configuration: Configuration) -> Self {
        self.configuration = configuration;
        self
    }

    /// Lets the development page show source excerpts; the core itself opens no files.
    pub fn read_source(mut self, read: fn(&str) -> Option<String>) -> Self {
        self.read_source = Some(read);
        self
    }

    /// Checks the whole description, without I/O.
    ///
    /// # Errors
    ///
    /// The [`Report`] of every mistake that was found, each with its place.
    pub fn assemble(self) -> Result<Assembled, Report> {
        assembly::assemble(self)
    }
}

/// Development in builds with debug assertions, production in all others.
fn mode_of_build() -> Mode {
    if cfg!(debug_assertions) { Mode::Dev } else { Mode::Prod }
}
