//! An application that was checked: what can be asked of it, and how it starts and stops.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::Method;
use serde::Serialize;
use serde_json::Value;

use super::consumer::{Arguments, Consumer};
use crate::config::{Configuration, Mode, Row};
use crate::error::{Error, Result, caught};
use crate::events::Events;
use crate::openapi::Document;
use crate::pipeline::RouteRow;
use crate::pipeline::{Service, Shared};
use crate::report::Place;
use crate::services::{Closer, ServiceTable, Slot, close_all, fill, fill_for, stop};
use crate::tasks::Tasks;

/// A route, as `routes` lists it.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct RouteInfo {
    /// The method.
    #[serde(serialize_with = "as_text")]
    pub method: Method,
    /// The pattern of the only host on which it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// The pattern with all prefixes.
    pub pattern: String,
    /// What must hold for it to answer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<String>,
    /// The handler, as a Rust path.
    pub handler: &'static str,
    /// The source file of the handler.
    pub file: &'static str,
    /// The line of the handler.
    pub line: u32,
    /// The steps before the handler, outermost first.
    pub steps: Vec<String>,
    /// The arguments of the handler that demand something of the client, such as a token: the
    /// types that name a security scheme, or a 401 or 403, in the document.
    pub guards: Vec<String>,
    /// The operation in the OpenAPI document; absent for what is not documented.
    pub operation_id: Option<String>,
    /// Whether the framework brought it.
    pub builtin: bool,
}

fn as_text<S: serde::Serializer>(method: &Method, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(method.as_str())
}

impl RouteInfo {
    /// The handler.
    pub fn place(&self) -> Place {
        Place::new(self.handler, self.file, self.line)
    }

    /// Host and path.
    pub fn full_pattern(&self) -> String {
        format!("{}{}", self.host.as_deref().unwrap_or_default(), self.pattern)
    }

    pub(super) fn row(&self) -> RouteRow {
        RouteRow {
            method: self.method.to_string(),
            pattern: self.full_pattern(),
            handler: self.handler,
            file: self.file,
            line: self.line,
            builtin: self.builtin,
        }
    }
}

/// A subcommand that the application adds to its binary.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct CommandInfo {
    /// Its name.
    pub name: &'static str,
    /// What it does, in one line.
    pub about: &'static str,
}

/// An application in which nothing is wrong.
pub struct Assembled {
    pub(super) shared: Arc<Shared>,
    pub(super) services: ServiceTable,
    pub(super) on_start: Vec<Consumer>,
    pub(super) on_stop: Vec<Consumer>,
    pub(super) commands: Vec<(CommandInfo, Consumer)>,
    pub(super) arguments: Slot<Arguments>,
    pub(super) rows: Vec<RouteInfo>,
    pub(super) version: String,
    pub(super) document: Arc<Document>,
    pub(super) configuration: Configuration,
    pub(super) sections: Vec<(&'static str, Value, Value)>,
    pub(super) tasks: Tasks,
    pub(super) documented_at: Option<&'static str>,
    pub(super) stop_timeout: Duration,
}

impl fmt::Debug for Assembled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Assembled({}, {} routes)", self.name(), self.rows.len())
    }
}

impl Assembled {
    /// The name of the application.
    pub fn name(&self) -> &str {
        &self.shared.settings.name
    }

    /// The mode it runs in.
    pub fn mode(&self) -> Mode {
        self.shared.settings.mode
    }

    /// All routes, by pattern.
    pub fn routes(&self) -> &[RouteInfo] {
        &self.rows
    }

    /// The version of the application, as its document has it.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The OpenAPI document. Where the application does not show it, it is written by the first
    /// call.
    pub fn openapi(&self) -> &Value {
        self.document.value()
    }

    /// The path of the page that shows the document, where it is served.
    pub fn docs_path(&self) -> Option<&'static str> {
        self.documented_at
    }

    /// The configuration it was assembled with.
    pub fn configuration(&self) -> &Configuration {
        &self.configuration
    }

    /// Reads a section of the configuration again; it was checked at assembly.
    pub fn section<T>(&self, name: &str) -> Result<T>
    where
        T: serde::de::DeserializeOwned + schemars::JsonSchema,
    {
        self.configuration.section(name).map_err(|mistakes| {
            let all: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
            Error::internal(all.join("; "))
        })
    }

    /// Every key of the configuration with its value and where that comes from; secrets masked.
    pub fn explain_configuration(&self) -> Vec<Row> {
        let sections: Vec<_> = self
            .sections
            .iter()
            .map(|(name, schema, defaults)| (*name, schema, defaults))
            .collect();
        self.configuration.explain(&sections)
    }

    /// The subcommands it adds to its binary.
    pub fn commands(&self) -> impl Iterator<Item = CommandInfo> {
        self.commands.iter().map(|(info, _)| *info)
    }

    /// Makes the services and runs the start hooks.
    ///
    /// # Errors
    ///
    /// What the first service or hook that failed or panicked says; what was made before is closed
    /// again.
    pub async fn start(mut self) -> Result<Started> {
        crate::error::install_hook();
        if self.mode() == Mode::Dev {
            crate::error::capture_backtraces();
        }
        self.arguments.fill(Arc::default());
        let closers = fill(&mut self.services, self.stop_timeout).await?;
        for hook in self.on_start {
            if let Err(error) = caught(hook.run()).await {
                close_all(&closers, self.stop_timeout).await;
                return Err(error);
            }
        }
        Ok(Started {
            service: Service::new(self.shared),
            document: self.document,
            rows: self.rows,
            on_stop: self.on_stop,
            closers,
            tasks: self.tasks,
            stop_timeout: self.stop_timeout,
        })
    }

    /// Runs one subcommand instead of serving. Only the services that it needs are made, so that
    /// `migrate` works where nothing else would yet; start hooks do not run. Tasks and events that it
    /// begins are waited for, as long as a service may take to close.
    ///
    /// # Errors
    ///
    /// What the command says, or a service that failed; an unknown command is a 404.
    pub async fn run_command(mut self, name: &str, arguments: Vec<String>) -> Result {
        crate::error::install_hook();
        let found = self.commands.iter().position(|(info, _)| info.name == name);
        let found =
            found.ok_or_else(|| Error::not_found(format!("there is no command `{name}`")))?;
        let (_, command) = self.commands.swap_remove(found);
        self.arguments.fill(Arc::new(Arguments(arguments)));
        let limit = self.stop_timeout;
        let mut wanted = command.wanted().to_vec();
        if self.services.is_needed::<Events>(&wanted) {
            wanted.extend_from_slice(self.shared.subscribers.wanted());
        }
        let closers = fill_for(&mut self.services, &wanted, limit).await?;
        let result = caught(command.run()).await;
        wait_for(&self.tasks, limit).await;
        close_all(&closers, limit).await;
        result
    }
}

/// An application that runs.
pub struct Started {
    service: Service,
    document: Arc<Document>,
    rows: Vec<RouteInfo>,
    on_stop: Vec<Consumer>,
    closers: Vec<Closer>,
    tasks: Tasks,
    stop_timeout: Duration,
}

impl fmt::Debug for Started {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Started({})", self.service.name())
    }
}

impl Started {
    /// What answers requests.
    pub fn service(&self) -> Service {
        self.service.clone()
    }

    /// The OpenAPI document; null once it was [forgotten](Self::forget_openapi).
    pub fn openapi(&self) -> &Arc<Value> {
        self.document.value()
    }

    /// Lets go of the OpenAPI document, if the application does not show it and nobody has asked
    /// for it: that is several KiB for each route.
    pub fn forget_openapi(&self) {
        self.document.forget();
    }

    /// All routes.
    pub fn routes(&self) -> &[RouteInfo] {
        &self.rows
    }

    /// Stops: waits for tasks up to the deadline, runs the stop hooks in reverse, waits for the tasks
    /// and events that these have begun in what is left of the time, and closes the services in
    /// reverse. Each hook and each service has the time that
    /// [`App::stop_timeout`](crate::App::stop_timeout) says. Failures, panics and what takes longer
    /// are logged and keep nothing else from stopping.
    pub async fn stop(self, deadline: Duration) {
        let begun = Instant::now();
        wait_for(&self.tasks, deadline).await;
        for hook in self.on_stop.into_iter().rev() {
            stop(&format!("the stop hook at {}", hook.place()), self.stop_timeout, hook.run())
                .await;
        }
        wait_for(&self.tasks, deadline.saturating_sub(begun.elapsed())).await;
        close_all(&self.closers, self.stop_timeout).await;
    }
}

/// Waits until no task and no delivery of an event is under way.
async fn wait_for(tasks: &Tasks, deadline: Duration) {
    if tokio::time::timeout(deadline, tasks.idle()).await.is_err() {
        let (cut, running) = (tasks.running(), tasks.describe_running());
        tracing::warn!(target: "purlin", cut, "tasks and events were still under way at the deadline: {running}");
    }
}
