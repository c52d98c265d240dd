//! Modules: parts of an application that bring everything they consist of.

use crate::app::App;

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
