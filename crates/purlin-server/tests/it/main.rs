//! The server over real sockets of this machine.

mod bodies;
mod clients;
mod harness;
mod protocol;
mod shutdown;
mod timeouts;
mod work;
