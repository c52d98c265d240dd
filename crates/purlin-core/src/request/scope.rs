//! What is remembered for the length of one request: dependencies that were built or failed, those
//! that are being built, and how to finish them.

use std::any::{Any, TypeId};
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use http::StatusCode;

use crate::error::{Error, Result, caught};

type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// The value of a dependency, whatever its type.
pub(crate) type Value = Arc<dyn Any + Send + Sync>;

/// Finishes one dependency, told the status of the answer.
pub(crate) type Finish = Box<dyn FnOnce(StatusCode) -> BoxFuture<Result> + Send>;

/// A value, and how to finish it.
pub(crate) struct Built {
    pub(crate) value: Value,
    pub(crate) finish: Option<Finish>,
}

/// A dependency that has its arguments, on its way to its value.
pub(crate) type Building = BoxFuture<Result<Built>>;

/// The memory of one request.
#[derive(Default)]
pub(crate) struct Scope {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    results: Vec<(TypeId, Result<Value>)>,
    finish: Vec<Finish>,
    building: Vec<(TypeId, Building)>,
}

impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope").finish_non_exhaustive()
    }
}

impl Scope {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What became of a dependency: its value, or its failure, which everybody gets who asks.
    pub(crate) fn get(&self, id: TypeId) -> Option<Result<Value>> {
        let state = self.state();
        let (_, result) = state.results.iter().find(|(known, _)| *known == id)?;
        Some(match result {
            Ok(value) => Ok(Arc::clone(value)),
            Err(error) => Err(error.again()),
        })
    }

    /// Whether it is settled what became of a dependency.
    pub(crate) fn has(&self, id: TypeId) -> bool {
        self.state().results.iter().any(|(known, _)| *known == id)
    }

    /// Remembers what became of a dependency.
    pub(crate) fn put(&self, id: TypeId, built: Result<Built>) {
        let mut state = self.state();
        let result = built.map(|Built { value, finish }| {
            state.finish.extend(finish);
            value
        });
        state.results.push((id, result));
    }

    /// Leaves a dependency to be built beside others.
    pub(crate) fn build(&self, id: TypeId, building: Building) {
        self.state().building.push((id, building));
    }

    /// Builds everything that was left here until one dependency is settled, or all are. False when
    /// there was nothing to build.
    pub(crate) async fn build_until(&self, id: TypeId) -> bool {
        if self.state().building.is_empty() {
            return false;
        }
        poll_fn(|cx| match self.poll_all(cx) {
            Poll::Pending if !self.has(id) => Poll::Pending,
            _ => Poll::Ready(()),
        })
        .await;
        true
    }

    /// Each is remembered as soon as it is there, so that it is finished also when another fails.
    fn poll_all(&self, cx: &mut Context<'_>) -> Poll<()> {
        // The lock is not held while code of the application runs.
        let mut building = std::mem::take(&mut self.state().building);
        building.retain_mut(|(id, future)| match future.as_mut().poll(cx) {
            Poll::Pending => true,
            Poll::Ready(built) => {
                self.put(*id, built);
                false
            }
        });
        let is_over = building.is_empty();
        self.state().building = building;
        if is_over { Poll::Ready(()) } else { Poll::Pending }
    }

    /// Finishes everything, last built first, and gives all failures. Whatever one does, the others
    /// get their turn. What is still being built is given up before.
    pub(crate) async fn finish(&self, status: StatusCode) -> Vec<Error> {
        let given_up = std::mem::take(&mut self.state().building);
        drop(given_up);
        let all = std::mem::take(&mut self.state().finish);
        let mut failures = Vec::new();
        for finish in all.into_iter().rev() {
            failures.extend(caught(async move { finish(status).await }).await.err());
        }
        failures
    }
}
