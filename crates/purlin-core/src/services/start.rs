//! The start: every provider runs once, as soon as what it needs is there.

use std::collections::{HashMap, HashSet};
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use super::stop::{Closer, close_all};
use super::table::{Key, ServiceTable};
use crate::error::{Error, Result, catch};

type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

type Making = BoxFuture<Result<Option<Closer>>>;

/// Fills all slots. Providers that do not need each other run concurrently.
///
/// On failure, of which a panic is one, the services that were already made are closed, each within
/// `limit`, and the error names the service.
pub(crate) async fn fill(table: &mut ServiceTable, limit: Duration) -> Result<Vec<Closer>> {
    let all = table.keys().to_vec();
    fill_only(table, all, limit).await
}

/// As [`fill`], with only the services that are needed for those in `wanted`, and these.
pub(crate) async fn fill_for(
    table: &mut ServiceTable,
    wanted: &[Key],
    limit: Duration,
) -> Result<Vec<Closer>> {
    let needed = table.needed_for(wanted);
    fill_only(table, needed, limit).await
}

async fn fill_only(
    table: &mut ServiceTable,
    mut waiting: Vec<Key>,
    limit: Duration,
) -> Result<Vec<Closer>> {
    let mut there: HashSet<Key> = HashSet::new();
    let mut running: HashMap<Key, Making> = HashMap::new();
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
                close_all(&closers, limit).await;
                let name = table.entries.get(&id).map_or("", |entry| entry.name.as_str());
                return Err(named(error, name));
            }
        }
    }
}

fn is_ready(table: &ServiceTable, id: Key, there: &HashSet<Key>) -> bool {
    let needs = table.entries.get(&id).map(|entry| &entry.needs);
    needs.is_some_and(|needs| needs.iter().all(|need| there.contains(need)))
}

fn named(error: Error, name: &str) -> Error {
    error.context(format!("the service `{name}` could not be made"))
}

/// Waits for the first of several futures to end, and takes it out.
async fn first(running: &mut HashMap<Key, Making>) -> (Key, Result<Option<Closer>>) {
    std::future::poll_fn(|cx| {
        let ended =
            running.iter_mut().find_map(|(id, future)| match catch(|| future.as_mut().poll(cx)) {
                Ok(Poll::Ready(made)) => Some((*id, made)),
                Ok(Poll::Pending) => None,
                Err(panic) => Some((*id, Err(panic))),
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
