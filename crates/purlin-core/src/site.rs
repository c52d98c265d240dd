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
use schemars::JsonSchema;
use serde_json::Value;

use crate::error::{Error, Outline, Result};
use crate::openapi::{Direction, Operation, Schemas};
use crate::report::{Mistake, Place, Report, Reported};
use crate::request::Request;
use crate::services::{Needs, ServiceTable, Slot};
use crate::url::{Url, UrlTable};
use crate::warm::{Make, WarmPlan};

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
    pub(crate) wanted_urls: &'a mut Vec<(TypeId, &'static str, Place)>,
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
    pub(crate) pattern: String,
    pub(crate) parameters: Vec<String>,
    pub(crate) place: Place,
    pub(crate) body_limit: usize,
}

/// A place in the application where an extractor, a response or a step stands.
pub struct Site<'a> {
    build: Build<'a>,
    position: &'a Position,
    operation: &'a mut Operation,
    taken: Vec<bool>,
    argument: Option<&'static str>,
    reader: Option<String>,
    bodiless: bool,
    /// Where the step or error handler that is being prepared was added.
    step: Option<Place>,
    muted: bool,
    scoped: bool,
    pub(crate) warm: Vec<Arc<dyn Make>>,
    pub(crate) made: HashMap<TypeId, Arc<dyn Make>>,
    pub(crate) deepest: usize,
    pub(crate) building: Vec<(TypeId, Place)>,
    plan: WarmPlan,
    pub(crate) recognizers: Vec<Recognize>,
    facts: Arc<RouteFacts>,
}

/// Gives an error that lost its status by `?` back what its type says of it.
pub(crate) type Recognize = fn(&Error) -> Option<Outline>;

/// What a route knows of itself while it answers.
#[derive(Debug)]
pub struct RouteFacts {
    pub(crate) method: Method,
    pub(crate) pattern: String,
    pub(crate) parameters: Vec<String>,
    pub(crate) place: Place,
    urls: Arc<UrlTable>,
}

impl RouteFacts {
    /// Writes an address out, seen from this route and the current request.
    pub(crate) fn resolve(&self, url: &Url, request: &Request) -> Result<String> {
        self.urls.resolve(url, &self.pattern, |name| {
            let index = self.parameters.iter().position(|known| known == name)?;
            crate::pattern::decode(request.capture(index)?).ok()
        })
    }

    /// As [`resolve`](Self::resolve), without a request.
    pub(crate) fn resolve_with(
        &self,
        url: &Url,
        parameters: &[(String, String)],
    ) -> Result<String> {
        self.urls.resolve(url, &self.pattern, |name| {
            let known = parameters.iter().find(|(known, _)| known == name);
            known.map(|(_, value)| Cow::Owned(value.clone()))
        })
    }

    /// The method the route answers to.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The pattern of the path with all its prefixes: `/books/{id}`.
    pub fn pattern(&self) -> &str {
        &self.pattern
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
            reader: None,
            bodiless: false,
            step: None,
            muted: false,
            scoped: false,
            warm: Vec::new(),
            made: HashMap::new(),
            deepest: 0,
            building: Vec::new(),
            plan: WarmPlan::default(),
            recognizers: Vec::new(),
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
        self.argument = name;
    }

    /// The method of this route.
    pub fn method(&self) -> &Method {
        &self.position.method
    }

    /// The pattern of this route with all its prefixes.
    pub fn pattern(&self) -> &str {
        &self.position.pattern
    }

    /// The most bytes a body on this route may have.
    pub fn body_limit(&self) -> usize {
        self.position.body_limit
    }

    /// The parameters of the path, in order.
    pub fn path_parameters(&self) -> &[String] {
        &self.position.parameters
    }

    /// Takes a path parameter: gives the index under which a request holds it.
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

    /// The path parameters that nothing has taken.
    pub(crate) fn untaken(&self) -> Vec<&str> {
        let names = self.position.parameters.iter().zip(&self.taken);
        names.filter(|(_, taken)| !**taken).map(|(name, _)| name.as_str()).collect()
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
        let mut needs = Needs::new(services, report, consumer, place);
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
        let message = format!("{what} is asked for, but `{module}` is not installed");
        Err(self.refuse(
            "P0303",
            message,
            format!("call `.with({module}::new())` on the application"),
        ))
    }

    /// The schema of a type, by reference into the document's components.
    pub fn schema<T: JsonSchema + ?Sized>(&mut self, direction: Direction) -> Value {
        self.build.schemas.of::<T>(direction)
    }

    /// Says that this route writes out the address of another, which must then be mounted.
    pub fn wants_url(&mut self, url: &Url) {
        if let Some((id, what)) = url.route() {
            self.build.wanted_urls.push((id, what, self.place()));
        }
    }

    /// Says that this route needs a scope: something that is remembered for one request.
    pub fn scoped(&mut self) {
        self.scoped = true;
    }

    /// The dependencies that are built together; `None` for a step, which builds its own.
    pub(crate) fn warm_plan(&self) -> Option<WarmPlan> {
        self.step.is_none().then(|| Arc::clone(&self.plan))
    }

    /// Closes the list of dependencies that are built together.
    pub(crate) fn finish_plan(&mut self) {
        let _ = self.plan.set(std::mem::take(&mut self.warm));
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
        self.build.report.add(Mistake { code, message, places, origin: None, help })
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

    /// Says that errors of a type keep their status on this route.
    pub(crate) fn recognizes(&mut self, recognize: Recognize) {
        if !self.recognizers.iter().any(|known| std::ptr::fn_addr_eq(*known, recognize)) {
            self.recognizers.push(recognize);
        }
    }

    pub(crate) fn override_of(&self, id: TypeId) -> Option<Arc<dyn std::any::Any + Send + Sync>> {
        self.build.overrides.get(&id).cloned()
    }
}
