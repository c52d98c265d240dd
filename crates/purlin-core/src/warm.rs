//! Request dependencies as a route holds them: prepared, and in which order they can be built.

use std::any::TypeId;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};

use crate::error::Result;
use crate::request::{Building, Request};

type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A dependency, prepared for one route.
pub(crate) trait Make: Send + Sync {
    fn id(&self) -> TypeId;
    /// One more than the deepest dependency it takes itself.
    fn level(&self) -> usize;
    fn begin<'a>(&'a self, request: &'a mut Request) -> BoxFuture<'a, Result<Building>>;
}

/// Dependencies that are built together; known when the whole route is prepared.
pub(crate) type WarmPlan = Arc<OnceLock<Vec<Arc<dyn Make>>>>;

/// Gathers at assembly which dependencies of a handler are built together.
///
/// A guard stands between two lists: what is behind it is begun when it has let the request
/// through. What a dependency takes behind a guard of its own is on no list.
#[derive(Default)]
pub(crate) struct Warm {
    makes: Vec<Arc<dyn Make>>,
    plan: WarmPlan,
    /// The demands on the client that were made before, or by dependencies.
    demands: usize,
    is_guarded: bool,
}

impl Warm {
    /// The list on which an argument of the handler stands that is prepared now.
    pub(crate) fn argument(&mut self, demands: usize) -> WarmPlan {
        if demands > self.demands {
            self.close();
        }
        (self.demands, self.is_guarded) = (demands, false);
        Arc::clone(&self.plan)
    }

    /// Begins a dependency; gives what [`end`](Self::end) wants back.
    pub(crate) fn begin(&mut self, demands: usize) -> bool {
        self.is_guarded |= demands > self.demands;
        self.demands = demands;
        self.is_guarded
    }

    /// Ends a dependency, and puts it on the list if no guard stands before it.
    pub(crate) fn end(&mut self, was_guarded: bool, demands: usize, make: Option<Arc<dyn Make>>) {
        self.demands = demands;
        self.is_guarded = was_guarded;
        if !was_guarded {
            self.makes.extend(make);
        }
    }

    /// Closes the list, and begins another.
    pub(crate) fn close(&mut self) {
        let _ = std::mem::take(&mut self.plan).set(std::mem::take(&mut self.makes));
    }
}
