//! On whose behalf code runs: the request that has caused it.
//!
//! Services know nothing of requests, and what they begin goes on after the answer. Where somebody
//! wants to know, a request is the value of a task-local while it is polled, and what it begins
//! carries its id along.

use crate::request::{Facts, RequestId};

tokio::task_local! {
    static ORIGIN: Origin;
}

#[derive(Clone)]
enum Origin {
    /// A request that is being answered.
    Request(Facts),
    /// What it has begun, which does not hold its head.
    Begun(RequestId),
}

/// Does something for a request.
pub(crate) fn on_behalf_of<T>(facts: &Facts, f: impl FnOnce() -> T) -> T {
    ORIGIN.sync_scope(Origin::Request(facts.clone()), f)
}

/// The request on whose behalf this runs.
pub(crate) fn current() -> Option<RequestId> {
    let id = |origin: &Origin| match origin {
        Origin::Request(facts) => facts.id().clone(),
        Origin::Begun(id) => id.clone(),
    };
    ORIGIN.try_with(id).ok()
}

/// A future that runs on behalf of a request, wherever it is polled.
pub(crate) async fn carried<T>(id: Option<RequestId>, future: impl Future<Output = T>) -> T {
    match id {
        Some(id) => ORIGIN.scope(Origin::Begun(id), future).await,
        None => future.await,
    }
}

/// A function that runs on behalf of the current request, on whatever thread it is called.
pub(crate) fn carrying<T>(f: impl FnOnce() -> T) -> impl FnOnce() -> T {
    let id = current();
    move || match id {
        Some(id) => ORIGIN.sync_scope(Origin::Begun(id), f),
        None => f(),
    }
}
