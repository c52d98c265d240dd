//! What a connection is carried by.

use std::task::Context;

use tokio::io::{AsyncRead, AsyncWrite};

/// A two-way stream of bytes: a socket, or memory in tests.
pub(crate) trait Transport: AsyncRead + AsyncWrite + Send + Unpin + 'static {
    /// Makes the end of the stream, which follows, an abrupt one: what was not sent is forgotten,
    /// and the client learns that something is missing.
    fn abort(&self) {}

    /// What is known of the client while nothing is read. It asks the system nothing.
    fn presence(&self, _: &mut Context<'_>) -> Presence {
        Presence::Here
    }
}

/// What is known of a client.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Presence {
    /// It is there, and the task is woken when something changes.
    Here,
    /// It is there. Bytes that nobody has read lie before everything else that it does, so that the
    /// task is not woken.
    Hidden,
    /// It will send nothing more; whether it still reads, only a write shows.
    HalfClosed,
    /// It has reset the connection.
    Gone,
}
