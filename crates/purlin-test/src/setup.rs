//! How an application is started for a test: what is put in the place of what.

use std::panic::Location;
use std::sync::Arc;

use purlin_core::config::Configuration;
use purlin_core::{App, Assembled, Dependency, Mode};
use serde_json::Value;

use crate::app::TestApp;

/// An application on its way into a test, with what the test puts in the place of its parts.
#[must_use = "nothing is started yet"]
#[derive(Debug)]
pub struct Setup {
    app: App,
    configuration: Option<Configuration>,
    mode: Mode,
    values: Vec<(String, Value)>,
}

impl TestApp {
    /// Assembles and starts an application, in [`Mode::Test`] and with nothing configured.
    ///
    /// # Panics
    ///
    /// With the whole report, when it does not assemble or start.
    #[track_caller]
    pub fn start(app: App) -> impl Future<Output = Self> + Send {
        Self::of(app).start()
    }

    /// Prepares to start an application in which something is different.
    ///
    /// ```
    /// # use purlin_core::{App, Inject, Mode, Routes};
    /// # use purlin_test::TestApp;
    /// # struct Shelf(u32);
    /// # async fn count(shelf: Inject<Shelf>) -> String { shelf.0.to_string() }
    /// # purlin_test::run(async {
    /// let app = App::new("shelf").provide(Shelf(1000)).routes(Routes::new().get("/", count));
    ///
    /// let app = TestApp::of(app).provide(Shelf(3)).mode(Mode::Dev).start().await;
    /// app.get("/").await.assert_text("3");
    /// # });
    /// ```
    pub fn of(app: App) -> Setup {
        Setup { app, configuration: None, mode: Mode::Test, values: Vec::new() }
    }
}

/// What an application that does not start says: the report of its assembly, or the error of its
/// start with all causes.
///
/// # Panics
///
/// When it starts.
#[track_caller]
pub fn start_fails(app: App) -> impl Future<Output = String> + Send {
    TestApp::of(app).start_fails()
}

impl Setup {
    /// Provides a service, in the place of all others of that type: of the application, and of
    /// groups of its routes.
    #[track_caller]
    pub fn provide<T: Send + Sync + 'static>(mut self, service: T) -> Self {
        self.app = self.app.replace(service);
        self
    }

    /// Provides a service under another type: `provide_as::<dyn Mailer>(Arc::new(Fake))`.
    #[track_caller]
    pub fn provide_as<T: ?Sized + Send + Sync + 'static>(mut self, service: Arc<T>) -> Self {
        self.app = self.app.replace_as(service);
        self
    }

    /// Puts a value in the place of a request dependency: `instead_of::<reader>(anna())`.
    pub fn instead_of<D: Dependency>(self, value: D::Value) -> Self {
        self.change(|app| app.instead_of::<D>(value))
    }

    /// Sets one key of the configuration: `configure("server.port", 1)`.
    pub fn configure(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.values.push((key.to_owned(), value.into()));
        self
    }

    /// Starts with a whole configuration, the mode of which goes before [`mode`](Self::mode).
    pub fn configuration(mut self, configuration: Configuration) -> Self {
        self.configuration = Some(configuration);
        self
    }

    /// Runs in another mode.
    pub fn mode(mut self, mode: Mode) -> Self {
        self.mode = mode;
        self
    }

    /// Changes the application in any other way.
    pub fn change(mut self, change: impl FnOnce(App) -> App) -> Self {
        self.app = change(self.app);
        self
    }

    /// Assembles and starts.
    ///
    /// # Panics
    ///
    /// With the whole report, when the application does not assemble or start.
    #[track_caller]
    pub fn start(self) -> impl Future<Output = TestApp> + Send {
        let place = Location::caller();
        async move {
            match self.begin().await {
                Ok(app) => app,
                Err(report) => panic!("the application of {place} does not start\n\n{report}"),
            }
        }
    }

    /// What an application that does not start says; see [`start_fails`].
    ///
    /// # Panics
    ///
    /// When it starts.
    #[track_caller]
    pub fn start_fails(self) -> impl Future<Output = String> + Send {
        let place = Location::caller();
        async move {
            match self.begin().await {
                Ok(app) => panic!("{app:?} of {place} starts, and should not"),
                Err(report) => report,
            }
        }
    }

    async fn begin(self) -> Result<TestApp, String> {
        let assembled = self.assemble()?;
        match assembled.start().await {
            Ok(started) => Ok(TestApp::new(started)),
            Err(error) => Err(format!("{error:?}")),
        }
    }

    fn assemble(self) -> Result<Assembled, String> {
        let Self { app, configuration, mode, values } = self;
        let configuration = configuration.unwrap_or_else(|| Configuration::new(mode));
        let configuration =
            values.into_iter().fold(configuration, |all, (key, value)| all.set(&key, value));
        app.configuration(configuration).assemble().map_err(|report| report.to_string())
    }
}
