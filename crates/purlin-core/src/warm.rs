//! Request dependencies as a route holds them: prepared, and in which order they can be built.

use std::any::{Any, TypeId};
use std::pin::Pin;
use std::sync::{Arc, OnceLock};

use crate::error::Result;
use crate::request::{Finish, Request};

type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The value of a dependency, whatever its type.
pub(crate) type Value = Arc<dyn Any + Send + Sync>;

/// A dependency, prepared for one route.
pub(crate) trait Make: Send + Sync {
    fn id(&self) -> TypeId;
    /// One more than the deepest dependency it takes itself.
    fn level(&self) -> usize;
    fn begin<'a>(
        &'a self,
        request: &'a mut Request,
    ) -> BoxFuture<'a, Result<BoxFuture<'static, Result<Built>>>>;
}

/// A value, and how to finish it.
pub(crate) struct Built {
    pub(crate) value: Value,
    pub(crate) finish: Option<Finish>,
}

/// All dependencies the handler of a route takes, to be built together; known when the whole
/// route is prepared.
pub(crate) type WarmPlan = Arc<OnceLock<Vec<Arc<dyn Make>>>>;
