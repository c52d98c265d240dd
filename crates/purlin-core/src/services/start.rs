//! The start: every provider runs once, as soon as what it needs is there.

use std::any::TypeId;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::pin::Pin;
use std::task::Poll;

use super::table::ServiceTable;
use crate::error::{Error, Result};

type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Closes one service.
pub(crate) struct Closer(Box<dyn Fn() -> BoxFuture<Result> + Send + Sync>);

impl Closer {
    pub(crate) fn new(close: impl Fn() -> BoxFuture<Result> + Send + Sync + 'static) -> Self {
        Self(Box::new(close))
    }

    pub(crate) async fn close(&self) -> Result {
        (self.0)().await
    }
}

impl fmt::Debug for Closer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Closer")
    }
}

type Making = BoxFuture<Result<Option<Closer>>>;

/// Fills all slots. Providers that do not need each other run concurrently.
///
/// On failure the services that were already made are closed, and the error names the service.
pub(crate) async fn fill(table: &mut ServiceTable) -> Result<Vec<Closer>> {
    let all = table.ids().to_vec();
    fill_only(table, all).await
}

/// As [`fill`], with only the services that are needed for those in `wanted`, and these.
pub(crate) async fn fill_for(table: &mut ServiceTable, wanted: &[TypeId]) -> Result<Vec<Closer>> {
    let needed = table.needed_for(wanted);
    fill_only(table, needed).await
}

async fn fill_only(table: &mut ServiceTable, mut waiting: Vec<TypeId>) -> Result<Vec<Closer>> {
    let mut there: HashSet<TypeId> = HashSet::new();
    let mut running: HashMap<TypeId, Making> = HashMap::new();
    let mut closers = Vec::new();
    loop {
        waiting.retain(|id| {
            let Some(entry) = table.entries.get_mut(id) else { return false };
            if !entry.needs.iter().all(|need| there.contains(need)) {
                return true;
            }
            match entry.pending.take() {
                Some(pending) => drop(running.insert(*id, pending.make())),
                None => drop(there.insert(*id)),
            }
            false
        });
        if running.is_empty() {
            // What waits now waits for something a provider of the same pass put there.
            if waiting.iter().any(|id| is_ready(table, *id, &there)) {
                continue;
            }
            return Ok(closers);
        }
        let (id, made) = first(&mut running).await;
        match made {
            Ok(closer) => {
                closers.extend(closer);
                there.insert(id);
            }
            Err(error) => {
                close_all(&closers).await;
                let name = table.entries.get(&id).map_or("", |entry| entry.name.as_str());
                return Err(named(error, name));
            }
        }
    }
}

fn is_ready(table: &ServiceTable, id: TypeId, there: &HashSet<TypeId>) -> bool {
    let needs = table.entries.get(&id).map(|entry| &entry.needs);
    needs.is_some_and(|needs| needs.iter().all(|need| there.contains(need)))
}

fn named(error: Error, name: &str) -> Error {
    error.context(format!("the service `{name}` could not be made"))
}

/// Closes services, last made first. A failure is logged and keeps no other from being closed.
pub(crate) async fn close_all(closers: &[Closer]) {
    for closer in closers.iter().rev() {
        if let Err(error) = closer.close().await {
            tracing::error!(target: "purlin", %error, "a service could not be closed");
        }
    }
}

/// Waits for the first of several futures to end, and takes it out.
async fn first(running: &mut HashMap<TypeId, Making>) -> (TypeId, Result<Option<Closer>>) {
    std::future::poll_fn(|cx| {
        let ended = running.iter_mut().find_map(|(id, future)| match future.as_mut().poll(cx) {
            Poll::Ready(made) => Some((*id, made)),
            Poll::Pending => None,
        });
        match ended {
            Some((id, made)) => {
                running.remove(&id);
                Poll::Ready((id, made))
            }
            None => Poll::Pending,
        }
    })
    .await
}
