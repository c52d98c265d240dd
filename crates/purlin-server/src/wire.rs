//! The two ends of a connection's stream: hyper reads and writes at one, the server drains and
//! watches at the other.
//!
//! What hyper writes is collected, and its flushes do nothing: the server drains after each turn of
//! the protocol, so that all answers of a turn are one write. hyper's own `pipeline_flush` does the
//! same, but keeps finished answers back as long as part of another request is buffered.

use std::cell::RefCell;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use hyper::rt::{Read, ReadBufCursor, Write};
use tokio::io::ReadBuf;

use crate::outbox::Outbox;
use crate::reads::Reads;
use crate::shared::Limits;
use crate::transport::{Presence, Transport};
use crate::wait::Wait;

thread_local! {
    /// Where bytes arrive. hyper lends memory that is not initialized, which safe code can fill by
    /// a copy only; that is cheaper than to zero it first, since most reads are short. It has the size of
    /// the largest buffer that was asked for.
    static CHUNKS: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// A connection's stream, with what waits to be written, and what is known from its reads.
pub(crate) struct Line<T> {
    io: T,
    outbox: Outbox,
    reads: Reads,
    /// What was read before the protocol began.
    early: Vec<u8>,
    /// How much is read at a time.
    read_buffer: usize,
    /// Whether reading fails from now on.
    is_dead: bool,
}

/// One end of a [`Line`]. The lock is never contended: both ends are polled by the same task.
pub(crate) struct Wire<T>(Arc<Mutex<Line<T>>>);

impl<T: Transport> Wire<T> {
    /// A stream of which something was read already.
    pub(crate) fn new(io: T, early: Vec<u8>, limits: &Limits) -> Self {
        let (outbox, reads) = (Outbox::new(limits.write_buffer), Reads::default());
        let read_buffer = limits.read_buffer;
        Self(Arc::new(Mutex::new(Line { io, outbox, reads, early, read_buffer, is_dead: false })))
    }

    /// The other end.
    pub(crate) fn share(&self) -> Self {
        Self(Arc::clone(&self.0))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Line<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Transport> Line<T> {
    pub(crate) fn reads(&mut self) -> &mut Reads {
        &mut self.reads
    }

    /// Writes all that waits.
    pub(crate) fn poll_drain(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.outbox.poll_drain(&mut self.io, cx)
    }

    /// Writes all that waits, and ends the stream.
    pub(crate) fn poll_finish(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_drain(cx))?;
        Pin::new(&mut self.io).poll_shutdown(cx)
    }

    /// Reads and forgets; zero is the end.
    pub(crate) fn poll_discard(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        self.poll_chunk(cx, usize::MAX, |_, bytes| bytes.len())
    }

    /// Adds to what waits to be written.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.outbox.push(bytes);
    }

    /// Lets every further read fail, as if the client had gone.
    pub(crate) fn kill(&mut self) {
        self.is_dead = true;
    }

    /// See [`Transport::abort`].
    pub(crate) fn abort(&self) {
        self.io.abort();
    }

    /// See [`Transport::presence`].
    pub(crate) fn presence(&self, cx: &mut Context<'_>) -> Presence {
        self.io.presence(cx)
    }

    /// How many bytes have moved, in both directions.
    pub(crate) fn moved(&self) -> u64 {
        self.reads.bytes() + self.outbox.written()
    }

    /// What the client is waited for; nothing while it waits itself.
    pub(crate) fn wait(&self) -> Option<Wait> {
        match self.outbox.is_blocked() {
            true => Some(Wait::Write(self.outbox.written())),
            false if self.is_dead => None,
            false => self.reads.wait(),
        }
    }

    fn poll_chunk<R>(
        &mut self,
        cx: &mut Context<'_>,
        room: usize,
        take: impl FnOnce(&mut Reads, &[u8]) -> R,
    ) -> Poll<io::Result<R>> {
        if !self.early.is_empty() {
            let rest = self.early.split_off(room.min(self.early.len()));
            let early = std::mem::replace(&mut self.early, rest);
            return Poll::Ready(Ok(take(&mut self.reads, &early)));
        }
        CHUNKS.with_borrow_mut(|chunk| {
            if chunk.len() < self.read_buffer {
                chunk.resize(self.read_buffer, 0);
            }
            let mut chunk = ReadBuf::new(&mut chunk[..room.min(self.read_buffer)]);
            ready!(Pin::new(&mut self.io).poll_read(cx, &mut chunk))?;
            Poll::Ready(Ok(take(&mut self.reads, chunk.filled())))
        })
    }
}

impl<T: Transport> Read for Wire<T> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        mut into: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let mut line = self.lock();
        line.reads.want();
        if line.is_dead {
            line.reads.give_up();
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        let polled = line.poll_chunk(cx, into.remaining(), |reads, bytes| {
            reads.receive(bytes);
            into.put_slice(bytes);
        });
        if polled.is_pending() {
            line.reads.starve();
        }
        polled
    }
}

impl<T: Transport> Write for Wire<T> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let line = &mut *self.lock();
        if line.outbox.take_small(bytes) {
            return Poll::Ready(Ok(bytes.len()));
        }
        line.outbox.poll_take(&mut line.io, cx, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let line = &mut *self.lock();
        line.outbox.poll_take(&mut line.io, cx, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    /// The server ends the stream, when it has drained it.
    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
