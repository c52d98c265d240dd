//! The server over real sockets of this machine.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

/// Whether connections stay with the thread that has accepted them; `tests/per_core` is the other
/// one.
const PER_CORE: bool = false;

mod bodies;
mod clients;
mod closing;
mod harness;
mod hosts;
mod leaving;
mod limits;
mod listening;
mod protocol;
mod proxies;
mod shutdown;
#[cfg(unix)]
mod signals;
mod timeouts;
mod work;
