//! The server over real sockets of this machine.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

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
