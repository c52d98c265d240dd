//! A place in the application where an extractor, a response or a step stands.
//!
//! A [`Site`] is all that such a type sees of the application at assembly: it documents itself
//! there, asks for what it needs, or refuses with a reason.

use std::any::TypeId;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use http::Method;
use http::header::{HeaderName, HeaderValue};
use schemars::JsonSchema;
use serde_json::Value;

use crate::error::{Error, Named, Outline, Problems, Result};
use crate::hosts::{self, HostPattern};
use crate::multipart::FormLimits;
use crate::openapi::{Direction, Operation, Schemas};
use crate::report::{Lack, Mistake, Place, Report, Reported};
use crate::request::Request;
use crate::services::{Needs, Reach, ServiceTable, Slot};
use crate::url::{Here, Url, UrlTable};
use crate::warm::{Make, Warm, WarmPlan};

/// What assembly knows and fills, shared by all sites.
#[derive(Debug)]
pub(crate) struct Build<'a> {
    pub(crate) services: &'a mut ServiceTable,
    pub(crate) report: &'a mut Report,
    pub(crate) schemas: &'a mut Schemas,
    pub(crate) modules: &'a HashSet<TypeId>,
    pub(crate) urls: &'a Arc<UrlTable>,
    /// Values that stand in for request dependencies, by the type beside the function.
    pub(crate) overrides: &'a HashMap<TypeId, Arc<dyn std::any::Any + Send + Sync>>,
    /// Addresses that are wanted somewhere; each must be mounted.
    pub(crate) wanted_urls: &'a mut Vec<WantedUrl>,
}

/// The address of a route that somebody will write out.
#[derive(Debug)]
pub(crate) struct WantedUrl {
    /// The type of the route.
    pub(crate) id: TypeId,
    /// What the route is called there.
    pub(crate) what: &'static str,
    /// Where the route stands, if that is known.
    pub(crate) route: Option<Place>,
    /// What to add so that it is mounted.
    pub(crate) mount: String,
    /// Who writes the address.
    pub(crate) place: Place,
}

impl Build<'_> {
    /// Lends everything on to the next site.
    pub(crate) fn reborrow(&mut self) -> Build<'_> {
        Build {
            services: self.services,
            report: self.report,
            schemas: self.schemas,
            modules: self.modules,
            urls: self.urls,
            overrides: self.overrides,
            wanted_urls: self.wanted_urls,
        }
    }
}

/// What is settled about a route before anything on it is prepared.
#[derive(Clone, Debug)]
pub(crate) struct Position {
    pub(crate) method: Method,
    /// The only host on which it answers.
    pub(crate) host: Option<HostPattern>,
    pub(crate) pattern: String,
    /// Those of the path, then those of the host.
    pub(crate) parameters: Vec<String>,
    pub(crate) place: Place,
    pub(crate) body_limit: usize,
    pub(crate) form_limits: FormLimits,
    pub(crate) query_limit: usize,
    /// The innermost group around it that has services of its own.
    pub(crate) reach: Reach,
    /// What tells it from others of its method and path; empty where nothing needs to.
    pub(crate) choice: String,
}

impl Position {
    /// How many of the parameters are the path's.
    fn of_path(&self) -> usize {
        let of_host = self.host.as_ref().map_or(0, |host| host.parameters().count());
        self.parameters.len() - of_host
    }
}

/// A place in the application where an extractor, a response or a step stands.
pub struct Site<'a> {
    build: Build<'a>,
    position: &'a Position,
    operation: &'a mut Operation,
    taken: Vec<bool>,
    argument: Option<&'static str>,
    /// The type of the argument that is being prepared, and the demands that were made before it.
    taking: Option<(&'static str, usize)>,
    guards: Vec<String>,
    /// Which variants of problems the route says it answers with.
    errors: Vec<Named>,
    reader: Option<String>,
    bodiless: bool,
    /// Where the step or error handler that is being prepared was added.
    step: Option<Place>,
    /// How many of the groups with services lie further in than what is being prepared.
    outside_of: usize,
    muted: bool,
    /// Whether a dependency was replaced: nobody knows what it would have taken and failed with.
    has_replaced: bool,
    scoped: bool,
    warm: Warm,
    pub(crate) made: HashMap<TypeId, Arc<dyn Make>>,
    pub(crate) deepest: usize,
    pub(crate) building: Vec<(TypeId, Place)>,
    pub(crate) recognizers: Vec<Recognize>,
    /// Fields of the request on which the answers depend.
    varies_by: Vec<HeaderName>,
    facts: Arc<RouteFacts>,
}

/// Gives an error that lost its status by `?` back what its type says of it.
pub(crate) type Recognize = fn(&Error) -> Option<Outline>;

/// What a route knows of itself while it answers.
#[derive(Debug)]
pub struct RouteFacts {
    pub(crate) method: Method,
    pub(crate) host: Option<HostPattern>,
    pub(crate) pattern: String,
    pub(crate) parameters: Vec<String>,
    pub(crate) place: Place,
    urls: Arc<UrlTable>,
}

impl RouteFacts {
    /// Writes an address out, seen from this route and the current request.
    pub(crate) fn resolve(&self, url: &Url, request: &Request) -> Result<String> {
        let here = Here { pattern: &self.pattern, authority: self.authority(request) };
        self.urls.resolve(url, here, |name| {
            let index = self.parameters.iter().position(|known| known == name)?;
            crate::pattern::decode(request.capture(index)?).ok()
        })
    }

    /// As [`resolve`](Self::resolve), with what is needed of the request.
    pub(crate) fn resolve_with(
        &self,
        url: &Url,
        authority: Option<&str>,
        parameters: &[(String, String)],
    ) -> Result<String> {
        let here = Here { pattern: &self.pattern, authority };
        self.urls.resolve(url, here, |name| {
            let known = parameters.iter().find(|(known, _)| known == name);
            known.map(|(_, value)| Cow::Owned(value.clone()))
        })
    }

    /// Whether a host that nobody has vouched for is never written out.
    pub(crate) fn is_strict(&self) -> bool {
        self.urls.is_strict()
    }

    /// Host and port of a request, where addresses depend on them.
    pub(crate) fn authority<'r>(&self, request: &'r Request) -> Option<&'r str> {
        if self.urls.knows_hosts() { hosts::authority(request) } else { None }
    }

    /// The method the route answers to.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The pattern of the path with all its prefixes: `/books/{id}`.
    pub fn pattern(&self) -> &str {
        &self.pattern
    }

    /// The pattern of the only host on which it answers: `{tenant}.example.com`.
    pub fn host(&self) -> Option<String> {
        self.host.as_ref().map(ToString::to_string)
    }

    /// The handler.
    pub fn place(&self) -> Place {
        self.place
    }
}

impl fmt::Debug for Site<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Position { method, pattern, .. } = self.position;
        write!(f, "Site({method} {pattern}, argument {:?})", self.argument)
    }
}

impl<'a> Site<'a> {
    pub(crate) fn new(
        build: Build<'a>,
        position: &'a Position,
        operation: &'a mut Operation,
    ) -> Self {
        let facts = Arc::new(RouteFacts {
            method: position.method.clone(),
            host: position.host.clone(),
            pattern: position.pattern.clone(),
            parameters: position.parameters.clone(),
            place: position.place,
            urls: Arc::clone(build.urls),
        });
        Self {
            build,
            operation,
            taken: vec![false; position.parameters.len()],
            position,
            argument: None,
            taking: None,
            guards: Vec::new(),
            errors: Vec::new(),
            reader: None,
            bodiless: false,
            step: None,
            outside_of: 0,
            muted: false,
            has_replaced: false,
            scoped: false,
            warm: Warm::default(),
            made: HashMap::new(),
            deepest: 0,
            building: Vec::new(),
            recognizers: Vec::new(),
            varies_by: Vec::new(),
            facts,
        }
    }

    /// The description of this route in the OpenAPI document.
    pub fn operation(&mut self) -> &mut Operation {
        self.operation
    }

    /// The name of the argument that is being prepared, where an attribute knows it.
    pub fn argument(&self) -> Option<&'static str> {
        self.argument
    }

    /// Says which argument is prepared next; called by the route attributes.
    #[doc(hidden)]
    pub fn at_argument(&mut self, name: Option<&'static str>) {
        self.finish_taking();
        self.argument = name;
    }

    /// Says of which type the argument is that is prepared next. One that demands something of
    /// the client is a guard, and is listed as such.
    #[doc(hidden)]
    pub fn taking(&mut self, type_name: &'static str) {
        self.finish_taking();
        self.taking = Some((type_name, self.operation.demands));
    }

    fn finish_taking(&mut self) {
        let Some((type_name, before)) = self.taking.take() else { return };
        // What a step takes belongs to the step.
        if self.operation.demands > before && self.step.is_none() {
            self.guards.push(crate::report::shorten(type_name));
        }
    }

    /// The arguments of the handler that demand something of the client.
    pub(crate) fn guards(&mut self) -> Vec<String> {
        std::mem::take(&mut self.guards)
    }

    /// The method of this route.
    pub fn method(&self) -> &Method {
        &self.position.method
    }

    /// The pattern of this route with all its prefixes.
    pub fn pattern(&self) -> &str {
        &self.position.pattern
    }

    /// What tells this route from others of its method and path, the same in every process.
    pub(crate) fn choice(&self) -> &str {
        &self.position.choice
    }

    /// The most bytes a body on this route may have.
    pub fn body_limit(&self) -> usize {
        self.position.body_limit
    }

    /// How much a form on this route may bring.
    pub fn form_limits(&self) -> FormLimits {
        self.position.form_limits
    }

    /// The most parameters that a query on this route may have.
    pub fn query_limit(&self) -> usize {
        self.position.query_limit
    }

    /// The parameters of the path, in order.
    pub fn path_parameters(&self) -> &[String] {
        &self.position.parameters[..self.position.of_path()]
    }

    /// The parameters of the host, from left to right.
    pub fn host_parameters(&self) -> impl Iterator<Item = &str> {
        self.position.host.iter().flat_map(HostPattern::names)
    }

    /// Takes a parameter of the path or the host: gives the index under which a request holds it.
    pub fn path_parameter(&mut self, name: &str) -> Result<usize, Reported> {
        let Some(index) = self.position.parameters.iter().position(|known| known == name) else {
            let known = self.position.parameters.iter().map(String::as_str);
            let near = crate::suggest::nearest(name, known).map(str::to_owned);
            let message = format!("`{}` has no path parameter `{name}`", self.position.pattern);
            let help = match near {
                Some(near) => format!("the path has `{{{near}}}`"),
                None => format!("add `{{{name}}}` to the path, or to a prefix around it"),
            };
            return Err(self.refuse("P0103", message, help));
        };
        self.taken[index] = true;
        Ok(index)
    }

    /// The path parameters that nothing has taken. Those of a host need not be taken: a site of a
    /// tenant may have pages that are the same for all.
    pub(crate) fn untaken(&self) -> Vec<String> {
        if self.has_replaced {
            return Vec::new();
        }
        let names = self.path_parameters().iter().zip(&self.taken);
        names.filter(|(_, taken)| !**taken).map(|(name, _)| name.clone()).collect()
    }

    /// Asks for a service; without a provider it is a mistake.
    pub fn need<T: ?Sized + Send + Sync + 'static>(&mut self) -> Result<Slot<T>, Reported> {
        #[expect(
            clippy::redundant_closure_for_method_calls,
            reason = "the method is for one lifetime"
        )]
        self.needs(|needs| needs.need::<T>())
    }

    /// Asks as a provider would; see [`Resolve`](crate::Resolve).
    pub fn needs<T>(
        &mut self,
        ask: impl FnOnce(&mut Needs<'_>) -> Result<T, Reported>,
    ) -> Result<T, Reported> {
        let consumer = self.consumer();
        let place = self.place();
        let Build { services, report, .. } = &mut self.build;
        let reach = services.outside_of(self.outside_of, self.position.reach);
        let mut needs = Needs::new(services, report, consumer, place).within(reach);
        if !self.muted {
            return ask(&mut needs);
        }
        needs.optional(ask).ok_or(Reported(()))
    }

    /// Asks that a module is installed; `what` names what needs it: "a `Session`".
    pub fn need_module<M: 'static>(&mut self, what: &str) -> Result<(), Reported> {
        if self.build.modules.contains(&TypeId::of::<M>()) {
            return Ok(());
        }
        let module = crate::report::short_type_name::<M>();
        if self.muted {
            return Err(Reported(()));
        }
        let (user, place) = (self.consumer(), self.place());
        let lack = Lack {
            code: "P0303",
            id: TypeId::of::<M>(),
            alone: format!("{user}: {what} is asked for, but `{module}` is not installed"),
            shared: format!("`{module}` is not installed"),
            help: format!("call `.with({module}::new())` on the application"),
        };
        Err(self.build.report.add_lack(lack, user, place))
    }

    /// Says which variants of problems the route answers with; others are not documented.
    pub(crate) fn answers_with(&mut self, errors: Vec<Named>) {
        self.errors = errors;
    }

    /// Documents all answers of a problem type, or those that the route says it gives.
    pub(crate) fn problems(&mut self, document: fn(&mut Problems)) {
        let mut problems = Problems::only(std::mem::take(&mut self.errors));
        document(&mut problems);
        self.operation.problems(&problems);
        self.errors = problems.into_named();
    }

    /// Refuses variants that nothing on the route answers with.
    pub(crate) fn refuse_unmet_errors(&mut self) {
        if self.has_replaced {
            return;
        }
        for Named { problem_name, variant, .. } in
            std::mem::take(&mut self.errors).into_iter().filter(|named| !named.is_met)
        {
            let name = crate::report::shorten(problem_name);
            let message =
                format!("`errors` lists `{name}::{variant}`, and no `{name}` comes from here");
            let help = format!("return `Result<_, {name}>`, or leave it out of `errors`");
            self.refuse("P0202", message, help);
        }
    }

    /// The schema of a type, by reference into the document's components.
    pub fn schema<T: JsonSchema + ?Sized>(&mut self, direction: Direction) -> Value {
        self.build.schemas.of::<T>(direction)
    }

    /// The schema of an input with everything it refers to, to check values against. However many
    /// routes take it, it is written once.
    pub(crate) fn standalone<T: JsonSchema + 'static>(&mut self) -> Arc<Value> {
        self.build.schemas.kept::<T>()
    }

    /// Says that this route writes out the address of another, which must then be mounted.
    pub fn wants_url(&mut self, url: &Url) {
        if let Some((id, what)) = url.route() {
            let mount = format!("`{what}` to the application's `routes![…]`");
            let wanted = WantedUrl { id, what, route: None, mount, place: self.place() };
            self.build.wanted_urls.push(wanted);
        }
    }

    /// As [`wants_url`](Self::wants_url), for an address that an attribute found in the code.
    pub(crate) fn wants_route(
        &mut self,
        id: TypeId,
        route: Place,
        what: &'static str,
        mount: &str,
    ) {
        let wanted = WantedUrl {
            id,
            what,
            route: Some(route),
            mount: mount.to_owned(),
            place: self.place(),
        };
        self.build.wanted_urls.push(wanted);
    }

    /// Says that this route needs a scope: something that is remembered for one request.
    pub fn scoped(&mut self) {
        self.scoped = true;
    }

    /// The dependencies that are built together with the one that is prepared now; `None` for a
    /// step, which builds its own, and for what a dependency takes itself.
    pub(crate) fn warm_plan(&mut self) -> Option<WarmPlan> {
        let is_argument = self.step.is_none() && self.building.is_empty();
        is_argument.then(|| self.warm.argument(self.operation.demands))
    }

    /// Begins to prepare a dependency; gives what [`end_dependency`](Self::end_dependency) wants.
    pub(crate) fn begin_dependency(&mut self) -> bool {
        self.warm.begin(self.operation.demands)
    }

    /// Ends a dependency, which is built with others if the handler takes it.
    pub(crate) fn end_dependency(&mut self, was_guarded: bool, make: Option<Arc<dyn Make>>) {
        let make = make.filter(|_| self.step.is_none());
        self.warm.end(was_guarded, self.operation.demands, make);
    }

    /// Closes the list of dependencies that are built together.
    pub(crate) fn finish_plan(&mut self) {
        self.warm.close();
    }

    pub(crate) fn is_scoped(&self) -> bool {
        self.scoped
    }

    /// Says that the body is read here. A second reader on one route is a mistake.
    pub(crate) fn reads_body(&mut self, what: String) -> Result<(), Reported> {
        if self.bodiless {
            let message = format!("`{what}` reads the request body, and only the handler may");
            let help = "take the body in the handler; a middleware may read it through `Request::body_mut`".to_owned();
            return Err(self.refuse("P0106", message, help));
        }
        if let Some(first) = self.reader.clone() {
            let message = format!(
                "`{first}` and `{what}` both read the request body, which can be read once"
            );
            return Err(self.refuse(
                "P0105",
                message,
                "take the body once, as one type".to_owned(),
            ));
        }
        self.reader = Some(what);
        Ok(())
    }

    /// Prepares a step, which may not read the body. What is wrong with it is told once, at the
    /// place where it was added, and not for every route it stands on.
    pub(crate) fn step<T>(&mut self, place: Place, f: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.step.replace(place);
        let result = self.without_body(f);
        self.step = before;
        result
    }

    /// Prepares what stands around that many of the groups that have services, and does not see
    /// theirs.
    pub(crate) fn outside_of<T>(&mut self, groups: usize, f: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.outside_of, groups);
        let result = f(self);
        self.outside_of = before;
        result
    }

    /// Prepares what is taken before the handler's own body reader, and may not read the body.
    pub(crate) fn without_body<T>(&mut self, f: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.bodiless, true);
        let argument = self.argument.take();
        let result = f(self);
        self.bodiless = before;
        self.argument = argument;
        result
    }

    /// Tries `f`; what goes wrong inside is not a mistake.
    pub fn optional<T>(&mut self, f: impl FnOnce(&mut Self) -> Result<T, Reported>) -> Option<T> {
        let before = std::mem::replace(&mut self.muted, true);
        let result = f(self).ok();
        self.muted = before;
        result
    }

    /// Refuses: adds a mistake with the place of this route to the report.
    pub fn refuse(&mut self, code: &'static str, message: String, help: String) -> Reported {
        if self.muted {
            return Reported(());
        }
        let consumer = self.consumer();
        let message = format!("{consumer}: {message}");
        let help = (!help.is_empty()).then_some(help);
        let places = vec![self.place()];
        let labels = Vec::new();
        self.build.report.add(Mistake { code, message, places, labels, origin: None, help })
    }

    /// Adds a mistake that has places of its own.
    pub(crate) fn report(&mut self, mistake: Mistake) -> Reported {
        if self.muted { Reported(()) } else { self.build.report.add(mistake) }
    }

    /// Who asks, for a message: "lend (argument `mailer`)".
    fn consumer(&self) -> String {
        let name = crate::report::shorten(self.place().what);
        let name = match self.step {
            _ if !name.contains("{{closure}}") => name,
            Some(_) => "a closure".to_owned(),
            None => format!("`{} {}`", self.position.method, self.position.pattern),
        };
        match self.argument {
            Some(argument) => format!("{name} (argument `{argument}`)"),
            None => name,
        }
    }

    /// Where what is being prepared stands: the handler, or the step before it.
    fn place(&self) -> Place {
        self.step.unwrap_or(self.position.place)
    }

    /// What the route knows of itself while it answers.
    #[doc(hidden)]
    pub fn facts(&self) -> Arc<RouteFacts> {
        Arc::clone(&self.facts)
    }

    /// Says that the answers depend on a field of the request: all of them name it in `Vary`, so
    /// that no cache sends one to somebody else (RFC 9110 §12.5.5).
    pub fn varies_by(&mut self, name: HeaderName) {
        if !self.varies_by.contains(&name) {
            self.varies_by.push(name);
        }
    }

    /// What [`varies_by`](Self::varies_by) has collected, as `Vary` lists it.
    pub(crate) fn vary(&self) -> Option<HeaderValue> {
        let names: Vec<&str> = self.varies_by.iter().map(HeaderName::as_str).collect();
        let list = Some(names.join(", ")).filter(|list| !list.is_empty());
        list.and_then(|list| HeaderValue::try_from(list).ok())
    }

    /// Says that errors of a type keep their status on this route.
    pub(crate) fn recognizes(&mut self, recognize: Recognize) {
        if !self.recognizers.iter().any(|known| std::ptr::fn_addr_eq(*known, recognize)) {
            self.recognizers.push(recognize);
        }
    }

    /// The value that stands in for a dependency, in a test.
    pub(crate) fn override_of(
        &mut self,
        id: TypeId,
    ) -> Option<Arc<dyn std::any::Any + Send + Sync>> {
        let value = self.build.overrides.get(&id).cloned();
        self.has_replaced |= value.is_some();
        value
    }
}
