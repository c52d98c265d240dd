//! The tests of `tests/it`, on threads that keep the connections which they accept.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

/// See `tests/it/main.rs`.
const PER_CORE: bool = true;

mod threads;

#[path = "../it/bodies.rs"]
mod bodies;
#[path = "../it/clients.rs"]
mod clients;
#[path = "../it/closing.rs"]
mod closing;
#[path = "../it/harness.rs"]
mod harness;
#[path = "../it/hosts.rs"]
mod hosts;
#[path = "../it/leaving.rs"]
mod leaving;
#[path = "../it/limits.rs"]
mod limits;
#[path = "../it/listening.rs"]
mod listening;
#[path = "../it/protocol.rs"]
mod protocol;
#[path = "../it/proxies.rs"]
mod proxies;
#[path = "../it/shutdown.rs"]
mod shutdown;
#[path = "../it/timeouts.rs"]
mod timeouts;
#[path = "../it/work.rs"]
mod work;
