//! The stream of a client: over TCP, or through a file of this machine.

use std::io::{self, IoSlice};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf, Ready};
use tokio::net::TcpStream;

use crate::transport::{Presence, Transport};
use crate::unix::UnixStream;

/// The stream of a client.
#[derive(Debug)]
pub(crate) enum Socket {
    Tcp(TcpStream),
    Unix(UnixStream),
}

/// One of the two, pinned.
macro_rules! either {
    ($socket:expr, $stream:ident => $what:expr) => {
        match $socket.get_mut() {
            Socket::Tcp(stream) => {
                let $stream = Pin::new(stream);
                $what
            }
            Socket::Unix(stream) => {
                let $stream = Pin::new(stream);
                $what
            }
        }
    };
}

impl AsyncRead for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        either!(self, stream => stream.poll_read(cx, buf))
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        either!(self, stream => stream.poll_write(cx, bytes))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        either!(self, stream => stream.poll_write_vectored(cx, pieces))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        either!(self, stream => stream.poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        either!(self, stream => stream.poll_shutdown(cx))
    }
}

impl Transport for Socket {
    fn abort(&self) {
        // A socket that is gone already needs no reset, and one that is a file knows none.
        if let Self::Tcp(stream) = self {
            let _ = stream.set_zero_linger();
        }
    }

    fn presence(&self, cx: &mut Context<'_>) -> Presence {
        const ALL: Interest = Interest::READABLE.add(Interest::WRITABLE).add(Interest::ERROR);
        match self {
            Self::Tcp(stream) if stream.poll_read_ready(cx).is_pending() => Presence::Here,
            Self::Unix(stream) if stream.poll_read_ready(cx).is_pending() => Presence::Here,
            Self::Tcp(stream) => presence(stream.ready(ALL), cx),
            Self::Unix(stream) => presence(stream.ready(ALL), cx),
        }
    }
}

/// Something is known, so that this is ready at once. What has ended stays ended, whether or not it
/// is read.
fn presence(ready: impl Future<Output = io::Result<Ready>>, cx: &mut Context<'_>) -> Presence {
    match pin!(ready).poll(cx) {
        Poll::Ready(Ok(ready)) if ready.is_error() || ready.is_write_closed() => Presence::Gone,
        Poll::Ready(Ok(ready)) if ready.is_read_closed() => Presence::HalfClosed,
        Poll::Ready(Ok(_)) | Poll::Pending => Presence::Hidden,
        Poll::Ready(Err(_)) => Presence::Gone,
    }
}
