//! Services of a group of routes.

use std::sync::Arc;

use super::Routes;
use crate::services::{Close, Factory, Group, Provider, Registration};

impl Routes {
    /// Provides a service to these routes alone, in the place of one of the same type further out: of
    /// a group around, or of the application.
    ///
    /// Everything that is said about the group gets it: its routes, its steps, its error handlers,
    /// request dependencies that its routes take, and other services of the group. What stands
    /// further out does not, and neither do other groups. Of several of one type in one group the
    /// last stands; tests [`replace`](crate::App::replace) them all. A request that
    /// [`Next::reroute`](crate::Next::reroute) sends on keeps the dependencies that it has already.
    ///
    /// A service is made once for the group, however many routes are in it. Where the same group is
    /// mounted in two others that have services of their own, it is made for each of the two.
    ///
    /// ```
    /// use purlin_core::{App, Inject, Routes};
    ///
    /// struct Greeting(&'static str);
    ///
    /// async fn hello(greeting: Inject<Greeting>) -> &'static str {
    ///     greeting.0
    /// }
    ///
    /// let app = App::new("hello")
    ///     .provide(Greeting("Hello!"))
    ///     .routes(Routes::new().get("/", hello))
    ///     .nest("/fr", Routes::new().provide(Greeting("Bonjour !")).get("/", hello));
    /// assert!(app.assemble().is_ok());
    /// ```
    #[track_caller]
    pub fn provide<T: Send + Sync + 'static>(self, service: T) -> Self {
        self.provide_as::<T>(Arc::new(service))
    }

    /// As [`provide`](Self::provide), under another type:
    /// `provide_as::<dyn Mailer>(Arc::new(Smtp::new()))`.
    #[track_caller]
    pub fn provide_as<T: ?Sized + Send + Sync + 'static>(self, service: Arc<T>) -> Self {
        self.registered(Registration::shared(service))
    }

    /// As [`provide`](Self::provide), for a service that is made at the start, by an async function
    /// of other services. These are the group's own where it has them, then those around it; one
    /// that takes the type it makes gets the service from outside, to build upon it.
    #[track_caller]
    pub fn provide_with<T, Args>(self, provider: impl Provider<Args, T>) -> Self
    where
        T: Send + Sync + 'static,
        Args: 'static,
    {
        self.registered(Registration::made(provider))
    }

    /// As [`provide_with`](Self::provide_with), for a service that is closed when the application
    /// stops.
    #[track_caller]
    pub fn provide_closing<T: Close, Args: 'static>(
        self,
        provider: impl Provider<Args, T>,
    ) -> Self {
        self.registered(Registration::closing(provider))
    }

    /// As [`provide`](Self::provide), for a service that is made anew for everybody who asks for it.
    #[track_caller]
    pub fn provide_each<T, Args>(self, factory: impl Factory<Args, T>) -> Self
    where
        T: Send + Sync + 'static,
        Args: 'static,
    {
        self.registered(Registration::each(factory))
    }

    fn registered(mut self, service: Registration) -> Self {
        // These routes are one group; those around and in it come with what they are put into.
        if self.common.groups.is_empty() {
            self.common.groups.push(Group::default());
        }
        self.common.groups[0].provide(service);
        self
    }
}
