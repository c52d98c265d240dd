//! The end: every hook and every service gets its time, and none keeps the others from theirs.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use super::provide::Close;
use crate::error::{Error, Result, caught};
use crate::report::short_type_name;

type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Closes one service.
pub(crate) struct Closer {
    name: String,
    close: Box<dyn Fn() -> BoxFuture<Result> + Send + Sync>,
}

impl fmt::Debug for Closer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Closer({})", self.name)
    }
}

/// Keeps a service's type out of the list of what is to be closed.
pub(crate) fn closer<T: Close>(service: Arc<T>) -> Closer {
    let close = move || -> BoxFuture<Result> {
        let service = Arc::clone(&service);
        Box::pin(async move { service.close().await })
    };
    Closer { name: short_type_name::<T>(), close: Box::new(close) }
}

/// Closes services, last made first, each within `limit`.
pub(crate) async fn close_all(closers: &[Closer], limit: Duration) {
    for Closer { name, close } in closers.iter().rev() {
        stop(&format!("the service `{name}`"), limit, close()).await;
    }
}

/// Awaits the end of one thing. Its failure, its panic and the end of its time are logged, and keep
/// nothing else from stopping.
pub(crate) async fn stop(what: &str, limit: Duration, end: impl Future<Output = Result>) {
    let ended = tokio::time::timeout(limit, caught(end)).await;
    let ended = ended.unwrap_or_else(|_| Err(Error::internal(format!("it took over {limit:?}"))));
    if let Err(error) = ended {
        tracing::error!(target: "purlin", "{what} did not stop: {error:?}");
    }
}
