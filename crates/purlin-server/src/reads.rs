//! What the reads of a connection tell about the state of the protocol.
//!
//! hyper does not say whether it reads a head or a body, or nothing. But it reads from the socket
//! only when it lacks something, so that the order of its reads and of the requests it hands on
//! says it.

use std::sync::Arc;

use crate::transfer::Transfer;
use crate::wait::Wait;

/// What the reads of a connection tell.
#[derive(Debug, Default)]
pub(crate) struct Reads {
    /// How many requests were handed on.
    requests: u64,
    /// How many there were when the protocol last read for another one.
    read_after: u64,
    /// Whether something of the head that is being read has come.
    has_begun: bool,
    /// How many bytes have come in all, and the last of them.
    bytes: u64,
    last: u8,
    /// The body of the last request, if it had one.
    transfer: Option<Arc<Transfer>>,
}

impl Reads {
    /// Notes that a request is handed on.
    pub(crate) fn begin(&mut self, transfer: Option<Arc<Transfer>>) {
        self.requests += 1;
        self.transfer = transfer;
    }

    /// Notes that the protocol wants to read.
    pub(crate) fn want(&mut self) {
        if self.is_reading_head() || self.body().is_some() {
            return;
        }
        self.read_after = self.requests;
        // Of a request without a body, the last byte that was read is the end of a line; anything
        // else is the beginning of the next one, which came along.
        self.has_begun = self.transfer.is_none() && self.last != b'\n';
    }

    /// Notes that there was nothing to read.
    pub(crate) fn starve(&mut self) {
        self.set_starving(true);
    }

    /// Notes what was read; nothing at the end of the stream.
    pub(crate) fn receive(&mut self, bytes: &[u8]) {
        self.set_starving(false);
        self.bytes += bytes.len() as u64;
        self.last = bytes.last().copied().unwrap_or(self.last);
        // RFC 9112 §2.2: empty lines before a request are no part of it.
        if self.is_reading_head() && !self.has_begun {
            self.has_begun = bytes.iter().any(|byte| !matches!(byte, b'\r' | b'\n'));
        }
    }

    /// What the client is waited for.
    pub(crate) fn wait(&self) -> Option<Wait> {
        if !self.is_reading_head() {
            return self.body().filter(|body| body.is_stalled()).map(|_| Wait::Body(self.bytes));
        }
        let is_due = self.has_begun || self.requests == 0;
        Some(if is_due { Wait::Head(self.requests) } else { Wait::Idle(self.requests) })
    }

    /// How many requests were handed on.
    pub(crate) fn requests(&self) -> u64 {
        self.requests
    }

    /// Whether something of a head has come, but not all.
    pub(crate) fn is_amid_head(&self) -> bool {
        self.is_reading_head() && self.has_begun
    }

    /// Whether the client may still be sending a body that nobody will read.
    pub(crate) fn is_amid_body(&self) -> bool {
        self.transfer.as_ref().is_some_and(|transfer| transfer.is_unread())
    }

    fn is_reading_head(&self) -> bool {
        self.read_after == self.requests
    }

    /// The body that is being read.
    fn body(&self) -> Option<&Arc<Transfer>> {
        self.transfer.as_ref().filter(|transfer| transfer.is_open())
    }

    fn set_starving(&self, is_starving: bool) {
        if !self.is_reading_head()
            && let Some(transfer) = &self.transfer
        {
            transfer.set_starving(is_starving);
        }
    }
}
