//! Threads that keep to themselves: each with a runtime, and the connections that it accepts.

use std::io;
use std::num::NonZeroUsize;
use std::thread;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

/// How many threads for plain functions there may be, of all workers together.
const BLOCKING: usize = 512;

/// Threads that each run the connections which they accept, and nothing else: see
/// [`Server::serve_on`](crate::Server::serve_on) and
/// [`Threading::PerCore`](crate::Threading::PerCore).
///
/// What a handler opens, such as a connection to a database, belongs to the thread that it was
/// opened on. So the threads outlast the server: they end when this is dropped, which is to be after
/// the application has stopped. A thread that a handler holds is not waited for.
#[derive(Debug)]
pub struct Workers(Vec<Worker>);

#[derive(Debug)]
pub(crate) struct Worker {
    pub(crate) handle: Handle,
    /// The thread ends when this is dropped.
    _keep: oneshot::Sender<()>,
}

impl Workers {
    /// Starts so many threads, named `purlin-worker`; `None` stands for one per CPU that the process
    /// may use.
    ///
    /// # Errors
    ///
    /// When the system gives no thread, or no descriptor to begin with.
    pub fn start(threads: Option<NonZeroUsize>) -> io::Result<Self> {
        let count = match threads {
            Some(count) => count.get(),
            None => thread::available_parallelism().map_or(1, NonZeroUsize::get),
        };
        (0..count)
            .map(|_| Worker::start(BLOCKING.div_ceil(count)))
            .collect::<io::Result<_>>()
            .map(Self)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Worker> {
        self.0.iter()
    }
}

impl Worker {
    fn start(blocking: usize) -> io::Result<Self> {
        let runtime =
            Builder::new_current_thread().enable_all().max_blocking_threads(blocking).build()?;
        let handle = runtime.handle().clone();
        let (keep, dropped) = oneshot::channel::<()>();
        thread::Builder::new().name("purlin-worker".to_owned()).spawn(move || {
            // It ends with an error, since nobody sends anything.
            let _ = runtime.block_on(dropped);
            runtime.shutdown_background();
        })?;
        Ok(Self { handle, _keep: keep })
    }
}
