//! Tasks that go on after the answer, with an id and a status.
//!
//! They live in memory: what must survive a restart is a job, not a task.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use crate::error::{Result, caught};
use crate::origin::{self, carried};

/// How many tasks are remembered.
const REMEMBERED: usize = 1000;
/// How many names of running tasks a line of the log has.
const NAMED: usize = 10;
/// How long a task is remembered after its end.
const REMEMBERED_FOR: Duration = Duration::from_mins(10);

/// The id of a task.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub struct TaskId(u64);

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What has become of a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
#[non_exhaustive]
pub enum TaskState {
    /// It ended well.
    Done,
    /// It failed or panicked.
    Failed {
        /// Why, in words for a client: the sentence of an error that was made with a status, and
        /// `internal_error` for every other failure. The log says more.
        reason: String,
    },
    /// It runs.
    Running,
}

/// A task, as the registry remembers it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct TaskStatus {
    /// Its id.
    pub id: TaskId,
    /// The name it was given.
    pub name: String,
    /// What has become of it.
    #[serde(flatten)]
    pub state: TaskState,
    /// When it was begun, in milliseconds since 1970.
    pub started_ms: u64,
    /// How long it took, in milliseconds; absent while it runs.
    pub took_ms: Option<u64>,
}

/// Runs tasks beside the requests: `Inject<Tasks>`.
///
/// The last 1,000 tasks are remembered, for ten minutes after their end. At shutdown they are
/// waited for, within the server's deadline.
///
/// ```
/// use purlin_core::{Accepted, Inject, Json, TaskId, Tasks};
///
/// async fn register(tasks: Inject<Tasks>) -> Accepted<Json<TaskId>> {
///     let id = tasks.spawn("welcome mail", async {
///         // send it
///         Ok(())
///     });
///     Accepted(Json(id))
/// }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Tasks {
    registry: Arc<Registry>,
}

#[derive(Debug, Default)]
struct Registry {
    next: AtomicU64,
    records: Mutex<VecDeque<Record>>,
    /// How many run that nobody asks for by an id, by name.
    unlisted: Mutex<HashMap<&'static str, usize>>,
    ended: Notify,
}

#[derive(Debug)]
struct Record {
    status: TaskStatus,
    started: Instant,
    ended: Option<Instant>,
}

impl Registry {
    fn records(&self) -> MutexGuard<'_, VecDeque<Record>> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self, name: &str) -> TaskId {
        let id = TaskId(self.next.fetch_add(1, Ordering::Relaxed) + 1);
        let since_1970 =
            SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let status = TaskStatus {
            id,
            name: name.to_owned(),
            state: TaskState::Running,
            started_ms: u64::try_from(since_1970.as_millis()).unwrap_or(u64::MAX),
            took_ms: None,
        };
        let mut records = self.records();
        let forgotten =
            |record: &Record| record.ended.is_some_and(|at| at.elapsed() > REMEMBERED_FOR);
        while records.front().is_some_and(forgotten) {
            records.pop_front();
        }
        if records.len() >= REMEMBERED {
            // What still runs is never forgotten.
            if let Some(at) = records.iter().position(|record| record.ended.is_some()) {
                records.remove(at);
            }
        }
        records.push_back(Record { status, started: Instant::now(), ended: None });
        id
    }

    fn end(&self, id: TaskId, result: Result) {
        let mut records = self.records();
        if let Some(record) = records.iter_mut().find(|record| record.status.id == id) {
            let took = record.started.elapsed();
            record.ended = Some(Instant::now());
            record.status.took_ms = u64::try_from(took.as_millis()).ok();
            record.status.state = match result {
                Ok(()) => TaskState::Done,
                Err(error) => {
                    tracing::error!(target: "purlin::task", task = record.status.name, %id, "{error:?}");
                    let reason = error.detail().filter(|_| error.is_public());
                    TaskState::Failed { reason: reason.unwrap_or("internal_error").to_owned() }
                }
            };
        }
        drop(records);
        self.ended.notify_waiters();
    }

    fn running(&self) -> usize {
        let listed = self.records().iter().filter(|record| record.ended.is_none()).count();
        listed + self.unlisted().values().sum::<usize>()
    }

    fn unlisted(&self) -> MutexGuard<'_, HashMap<&'static str, usize>> {
        self.unlisted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts a task that is not listed, also one that is dropped before its end.
struct Unlisted {
    registry: Arc<Registry>,
    name: &'static str,
}

impl Unlisted {
    fn new(registry: &Arc<Registry>, name: &'static str) -> Self {
        *registry.unlisted().entry(name).or_default() += 1;
        Self { registry: Arc::clone(registry), name }
    }
}

impl Drop for Unlisted {
    fn drop(&mut self) {
        let mut unlisted = self.registry.unlisted();
        if let Some(running) = unlisted.get_mut(self.name) {
            *running -= 1;
            if *running == 0 {
                unlisted.remove(self.name);
            }
        }
        drop(unlisted);
        self.registry.ended.notify_waiters();
    }
}

impl Tasks {
    /// Begins a task and returns at once. Its failure or panic is logged under its name.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    pub fn spawn(&self, name: &str, task: impl Future<Output = Result> + Send + 'static) -> TaskId {
        // It panics outside of a runtime: before the task is remembered.
        let runtime = tokio::runtime::Handle::current();
        let id = self.registry.begin(name);
        let (registry, origin) = (Arc::clone(&self.registry), origin::current());
        runtime.spawn(async move {
            let result = carried(origin, caught(task)).await;
            registry.end(id, result);
        });
        id
    }

    /// Begins a task of the framework's own, which is waited for like others and has no id. It reports
    /// its failures itself.
    pub(crate) fn spawn_unlisted(
        &self,
        name: &'static str,
        task: impl Future<Output = ()> + Send + 'static,
    ) {
        let runtime = tokio::runtime::Handle::current();
        let counted = Unlisted::new(&self.registry, name);
        runtime.spawn(async move {
            task.await;
            drop(counted);
        });
    }

    /// What has become of a task; `None` when it is forgotten or never was.
    pub fn status(&self, id: TaskId) -> Option<TaskStatus> {
        let records = self.registry.records();
        records.iter().find(|record| record.status.id == id).map(|record| record.status.clone())
    }

    /// All tasks that are remembered, oldest first.
    pub fn list(&self) -> Vec<TaskStatus> {
        self.registry.records().iter().map(|record| record.status.clone()).collect()
    }

    /// How many run now.
    pub fn running(&self) -> usize {
        self.registry.running()
    }

    /// What runs now, as a list for the log: each name once, with how many there are.
    pub(crate) fn describe_running(&self) -> String {
        let mut running: HashMap<String, usize> = HashMap::new();
        for (name, count) in self.registry.unlisted().iter() {
            running.insert((*name).to_owned(), *count);
        }
        for record in self.registry.records().iter().filter(|record| record.ended.is_none()) {
            *running.entry(record.status.name.clone()).or_default() += 1;
        }
        let mut names = Vec::new();
        for name in running.keys() {
            names.push(name.clone());
        }
        names.sort();
        let mut shown = Vec::new();
        for name in names.iter().take(NAMED) {
            shown.push(match running[name] {
                1 => format!("`{name}`"),
                count => format!("{count} × `{name}`"),
            });
        }
        if names.len() > NAMED {
            shown.push(format!("{} others", names.len() - NAMED));
        }
        shown.join(", ")
    }

    /// Waits until none runs.
    pub async fn idle(&self) {
        loop {
            let ended = self.registry.ended.notified();
            let mut ended = std::pin::pin!(ended);
            ended.as_mut().enable();
            if self.registry.running() == 0 {
                return;
            }
            ended.await;
        }
    }
}
