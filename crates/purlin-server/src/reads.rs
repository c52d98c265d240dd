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
    last: [u8; 3],
    /// How many had come when the last request was handed on.
    bytes_before: u64,
    /// Whether the target of the request that is being read has a fragment.
    has_fragment: bool,
    /// The body of the last request, if it had one.
    transfer: Option<Arc<Transfer>>,
}

impl Reads {
    /// Notes that a request is handed on, and says whether its target was seen to have a fragment,
    /// which RFC 9112 §3.2 does not know and hyper cuts off; and how many requests these are.
    pub(crate) fn begin(&mut self, transfer: Option<Arc<Transfer>>) -> (bool, u64) {
        self.requests += 1;
        self.bytes_before = self.bytes;
        self.transfer = transfer;
        (std::mem::take(&mut self.has_fragment), self.requests)
    }

    /// Notes that the protocol wants to read.
    pub(crate) fn want(&mut self) {
        if self.is_reading_head() || self.body().is_some() {
            return;
        }
        self.read_after = self.requests;
        // A request without a body ends with an empty line; after anything else, the beginning of
        // the next one came along. Behind a body, which may end in any way, that cannot be told:
        // there, a head has begun when more of it comes.
        self.has_begun = self.transfer.is_none() && !ends_a_head(self.last);
    }

    /// Notes that there was nothing to read.
    pub(crate) fn starve(&mut self) {
        self.set_starving(true);
    }

    /// Notes what was read; nothing at the end of the stream.
    pub(crate) fn receive(&mut self, bytes: &[u8]) {
        self.set_starving(false);
        self.bytes += bytes.len() as u64;
        self.remember(bytes);
        // RFC 9112 §2.2: empty lines before a request are no part of it.
        if self.is_reading_head() && !self.has_begun {
            self.has_begun = bytes.iter().any(|byte| !matches!(byte, b'\r' | b'\n'));
            self.has_fragment = has_fragment(bytes);
        }
    }

    /// Notes that more of a body will not be read.
    pub(crate) fn give_up(&mut self) {
        self.set_starving(false);
    }

    /// What the client is waited for.
    pub(crate) fn wait(&self) -> Option<Wait> {
        if !self.is_reading_head() {
            let stalled = self.body().filter(|body| body.is_stalled());
            return stalled.map(|_| Wait::Body(self.requests, self.bytes - self.bytes_before));
        }
        let is_due = self.has_begun || self.requests == 0;
        Some(if is_due { Wait::Head(self.requests) } else { Wait::Idle(self.requests) })
    }

    /// How many bytes have come in all.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
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

    /// Keeps the last bytes of all that came.
    fn remember(&mut self, bytes: &[u8]) {
        match bytes.last_chunk::<3>() {
            Some(last) => self.last = *last,
            None => {
                for &byte in bytes {
                    self.last = [self.last[1], self.last[2], byte];
                }
            }
        }
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

/// Whether an empty line, with or without carriage returns (RFC 9112 §2.2), is the last that came.
fn ends_a_head(last: [u8; 3]) -> bool {
    matches!(last, [_, b'\n', b'\n'] | [b'\n', b'\r', b'\n'])
}

/// Whether the first line has a `#`. A line that comes in several pieces, or behind another request,
/// is not looked at: there the fragment is only cut off.
fn has_fragment(bytes: &[u8]) -> bool {
    let line = bytes.iter().position(|byte| !matches!(byte, b'\r' | b'\n'));
    let line = line.map_or(bytes, |begin| &bytes[begin..]);
    memchr::memchr2(b'#', b'\n', line).is_some_and(|at| line[at] == b'#')
}
