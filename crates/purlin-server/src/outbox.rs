//! Bytes on their way out, collected so that many small writes become one.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use crate::transport::Transport;

/// From this size on a piece is sent from where it lies, rather than copied.
const LARGE: usize = 4 * 1024;
/// How much memory an empty outbox keeps.
const KEEP: usize = 4 * 1024;
/// How many pieces go out in one call.
const PIECES: usize = 64;

/// Bytes on their way out.
#[derive(Debug)]
pub(crate) struct Outbox {
    bytes: Vec<u8>,
    /// How much is collected before it has to go.
    capacity: usize,
    /// How many of them are sent.
    sent: usize,
    /// Whether the client has to read before more can be sent.
    blocked: bool,
    /// How much has been sent in all.
    written: u64,
}

impl Outbox {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { bytes: Vec::new(), capacity, sent: 0, blocked: false, written: 0 }
    }

    /// Takes bytes on if they are few, and says whether. That is what most answers are.
    pub(crate) fn take_small(&mut self, bytes: &[u8]) -> bool {
        let is_taken = bytes.len() < LARGE && self.waiting() + bytes.len() <= self.capacity;
        if is_taken {
            self.bytes.extend_from_slice(bytes);
        }
        is_taken
    }

    /// Takes bytes on, and says how many. Small ones are collected, large ones are sent at once
    /// together with what waits before them.
    pub(crate) fn poll_take<T: Transport>(
        &mut self,
        io: &mut T,
        cx: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let total = pieces.iter().map(|piece| piece.len()).sum::<usize>();
        let is_small = pieces.iter().all(|piece| piece.len() < LARGE);
        if is_small && self.waiting() + total <= self.capacity {
            for piece in pieces {
                self.bytes.extend_from_slice(piece);
            }
            return Poll::Ready(Ok(total));
        }
        loop {
            let waiting = self.waiting();
            let sent = ready!(self.poll_send(io, cx, pieces))?;
            if sent > waiting {
                self.clear();
                return Poll::Ready(Ok(sent - waiting));
            }
            self.forget(sent);
        }
    }

    /// Sends all that waits.
    pub(crate) fn poll_drain<T: Transport>(
        &mut self,
        io: &mut T,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        while self.waiting() > 0 {
            let sent = ready!(self.poll_send(io, cx, &[]))?;
            self.forget(sent);
        }
        Poll::Ready(Ok(()))
    }

    /// Takes bytes on whatever their number is.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Whether the client has to read before more can be sent.
    pub(crate) fn is_blocked(&self) -> bool {
        self.blocked
    }

    /// How much has been sent in all.
    pub(crate) fn written(&self) -> u64 {
        self.written
    }

    fn poll_send<T: Transport>(
        &mut self,
        io: &mut T,
        cx: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let waiting = &self.bytes[self.sent..];
        let io = Pin::new(io);
        let polled = if pieces.is_empty() {
            io.poll_write(cx, waiting)
        } else if waiting.is_empty() {
            io.poll_write_vectored(cx, pieces)
        } else {
            let mut all = [IoSlice::new(&[]); PIECES];
            let room = pieces.len().min(PIECES - 1);
            all[0] = IoSlice::new(waiting);
            all[1..=room].copy_from_slice(&pieces[..room]);
            io.poll_write_vectored(cx, &all[..=room])
        };
        self.blocked = polled.is_pending();
        let sent = ready!(polled)?;
        if sent == 0 {
            return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
        }
        self.written += sent as u64;
        Poll::Ready(Ok(sent))
    }

    fn waiting(&self) -> usize {
        self.bytes.len() - self.sent
    }

    fn forget(&mut self, sent: usize) {
        self.sent += sent;
        if self.waiting() == 0 {
            self.clear();
        }
    }

    fn clear(&mut self) {
        self.sent = 0;
        self.bytes.clear();
        self.bytes.shrink_to(KEEP);
    }
}
