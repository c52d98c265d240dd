//! Modules: parts of an application that bring everything they consist of.

use std::any::TypeId;
use std::collections::HashSet;
use std::fmt;

use super::assembly::RouteInfo;
use crate::app::App;
use crate::config::Configuration;
use crate::report::Place;

/// A battery, or a part of an application: routes, steps, services, hooks, checks and subcommands,
/// installed by one line.
///
/// ```
/// use purlin_core::{App, Module, Routes};
///
/// struct Greeting(&'static str);
///
/// impl Module for Greeting {
///     fn install(self, app: App) -> App {
///         let text = self.0;
///         app.routes(Routes::new().get("/hello", move || async move { text }))
///     }
/// }
///
/// let app = App::new("hello").with(Greeting("Hello!"));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a module",
    label = "not a module",
    note = "implement `Module` for `{Self}`, or make it a service with `.provide(…)`"
)]
pub trait Module: Sized + 'static {
    /// Adds everything to the application.
    fn install(self, app: App) -> App;
}

/// The whole application, as [`App::inspect`] sees it.
pub struct Inspection<'a> {
    pub(super) routes: &'a [RouteInfo],
    pub(super) modules: &'a HashSet<TypeId>,
    pub(super) configuration: &'a Configuration,
    pub(super) place: Place,
}

impl fmt::Debug for Inspection<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Inspection({} routes)", self.routes.len())
    }
}

impl Inspection<'_> {
    /// All routes, those of the framework included: see [`RouteInfo::builtin`].
    pub fn routes(&self) -> &[RouteInfo] {
        self.routes
    }

    /// Whether a module is installed.
    pub fn has_module<M: Module>(&self) -> bool {
        self.modules.contains(&TypeId::of::<M>())
    }

    /// The configuration.
    pub fn configuration(&self) -> &Configuration {
        self.configuration
    }

    /// Where the application says `.with(…)` for the module that looks at it, or `.inspect(…)`.
    pub fn place(&self) -> Place {
        self.place
    }
}
