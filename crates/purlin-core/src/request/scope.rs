//! What is remembered for the length of one request: dependencies that were built, and how to
//! finish them.

use std::any::{Any, TypeId};
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::StatusCode;

use crate::error::Result;

type Value = Arc<dyn Any + Send + Sync>;

/// Finishes one dependency, told the status of the answer.
pub(crate) type Finish =
    Box<dyn FnOnce(StatusCode) -> Pin<Box<dyn Future<Output = Result> + Send>> + Send>;

/// The memory of one request.
#[derive(Default)]
pub(crate) struct Scope {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    values: Vec<(TypeId, Value)>,
    finish: Vec<Finish>,
    warmed: bool,
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

    pub(crate) fn get(&self, id: TypeId) -> Option<Value> {
        let state = self.state();
        state.values.iter().find(|(known, _)| *known == id).map(|(_, value)| Arc::clone(value))
    }

    pub(crate) fn put(&self, id: TypeId, value: Value, finish: Option<Finish>) {
        let mut state = self.state();
        state.values.push((id, value));
        state.finish.extend(finish);
    }

    /// True the first time: whoever gets it warms the scope up.
    pub(crate) fn begin_warming(&self) -> bool {
        !std::mem::replace(&mut self.state().warmed, true)
    }

    /// Finishes everything, last built first. The first failure is the answer; the others still
    /// get their turn.
    pub(crate) async fn finish(&self, status: StatusCode) -> Result {
        let all = std::mem::take(&mut self.state().finish);
        let mut result = Ok(());
        for finish in all.into_iter().rev() {
            let finished = finish(status).await;
            result = result.and(finished);
        }
        result
    }
}
