//! What a connection is carried by.

use std::pin::pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, Interest};
use tokio::net::TcpStream;

/// A two-way stream of bytes: TCP, or memory in tests.
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

impl Transport for TcpStream {
    fn abort(&self) {
        // A socket that is gone already needs no reset.
        let _ = self.set_zero_linger();
    }

    fn presence(&self, cx: &mut Context<'_>) -> Presence {
        if self.poll_read_ready(cx).is_pending() {
            return Presence::Here;
        }
        // Something is known, so that this is ready at once. What has ended stays ended, whether or
        // not it is read.
        let all = Interest::READABLE | Interest::WRITABLE | Interest::ERROR;
        match pin!(self.ready(all)).poll(cx) {
            Poll::Ready(Ok(ready)) if ready.is_error() || ready.is_write_closed() => Presence::Gone,
            Poll::Ready(Ok(ready)) if ready.is_read_closed() => Presence::HalfClosed,
            Poll::Ready(Ok(_)) | Poll::Pending => Presence::Hidden,
            Poll::Ready(Err(_)) => Presence::Gone,
        }
    }
}
