//! The runtime that connections and handlers run on.

use std::io;
use std::num::NonZeroUsize;

use tokio::runtime::{Builder, Runtime};

/// Makes the runtime: work-stealing threads named `purlin-worker`, with I/O and time.
///
/// `threads` is what [`ServerConfig::threads`](crate::ServerConfig::threads) says; `None` stands
/// for one per CPU that the process may use.
///
/// # Errors
///
/// When the system gives no thread or no descriptor to begin with.
pub fn runtime(threads: Option<NonZeroUsize>) -> io::Result<Runtime> {
    let mut builder = Builder::new_multi_thread();
    if let Some(threads) = threads {
        builder.worker_threads(threads.get());
    }
    builder.thread_name("purlin-worker").enable_all().build()
}
