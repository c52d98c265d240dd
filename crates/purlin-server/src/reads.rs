//! What the reads of a connection tell about the state of the protocol.
//!
//! hyper does not say whether it reads a head or a body, or nothing. But it reads from the socket
//! only when it lacks something, so that the order of its reads and of the requests it hands on
//! says it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::transfer::Transfer;
use crate::wait::Wait;

/// What is known of the requests of a connection on both ends of its stream. Only the task of the
/// connection looks at it, so that nothing has to be locked for a request that has no body.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    /// How many were handed on.
    count: AtomicU64,
    /// Whether the target of the one that is being read has a fragment.
    has_fragment: AtomicBool,
}

impl Requests {
    /// Notes that a request is handed on, and says whether its target was seen to have a fragment,
    /// which RFC 9112 §3.2 does not know and hyper cuts off; and how many requests these are.
    pub(crate) fn begin(&self) -> (bool, u64) {
        let count = self.count() + 1;
        self.count.store(count, Ordering::Relaxed);
        let has_fragment = self.has_fragment.load(Ordering::Relaxed);
        if has_fragment {
            self.has_fragment.store(false, Ordering::Relaxed);
        }
        (has_fragment, count)
    }

    /// How many requests were handed on.
    pub(crate) fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }
}

/// What the reads of a connection tell.
#[derive(Debug, Default)]
pub(crate) struct Reads {
    requests: Arc<Requests>,
    /// How many there were when the protocol last read for another one.
    read_after: u64,
    /// Whether something of the head that is being read has come.
    has_begun: bool,
    /// How many bytes have come in all, and the last of them.
    bytes: u64,
    last: [u8; 3],
    /// The last body that a request had.
    upload: Option<Arrival>,
}

/// A body that comes in.
#[derive(Debug)]
struct Arrival {
    transfer: Arc<Transfer>,
    /// The request it belongs to, by how many there were with it.
    request: u64,
    /// How many bytes had come in all before it.
    bytes_before: u64,
}

impl Reads {
    /// What is known of the requests.
    pub(crate) fn requests(&self) -> &Arc<Requests> {
        &self.requests
    }

    /// Notes the body of the request that was handed on last.
    pub(crate) fn begin_body(&mut self, transfer: Arc<Transfer>) {
        let (request, bytes_before) = (self.requests.count(), self.bytes);
        self.upload = Some(Arrival { transfer, request, bytes_before });
    }

    /// Notes that the protocol wants to read.
    pub(crate) fn want(&mut self) {
        if self.is_reading_head() || self.open_upload().is_some() {
            return;
        }
        self.read_after = self.requests.count();
        if self.upload().is_none() {
            self.upload = None;
        }
        // A request without a body ends with an empty line; after anything else, the beginning of
        // the next one came along. Behind a body, which may end in any way, that cannot be told:
        // there, a head has begun when more of it comes.
        self.has_begun = self.upload().is_none() && !ends_a_head(self.last);
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
            self.requests.has_fragment.store(has_fragment(bytes), Ordering::Relaxed);
        }
    }

    /// Notes that more of a body will not be read.
    pub(crate) fn give_up(&mut self) {
        self.set_starving(false);
    }

    /// What the client is waited for.
    pub(crate) fn wait(&self) -> Option<Wait> {
        let requests = self.requests.count();
        if !self.is_reading_head() {
            let stalled = self.open_upload().filter(|upload| upload.transfer.is_stalled());
            return stalled.map(|upload| Wait::Body(requests, self.bytes - upload.bytes_before));
        }
        let is_due = self.has_begun || requests == 0;
        Some(if is_due { Wait::Head(requests) } else { Wait::Idle(requests) })
    }

    /// How many bytes have come in all.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Whether something of a head has come, but not all.
    pub(crate) fn is_amid_head(&self) -> bool {
        self.is_reading_head() && self.has_begun
    }

    /// Whether the client may still be sending a body that nobody will read.
    pub(crate) fn is_amid_body(&self) -> bool {
        self.upload().is_some_and(|upload| upload.transfer.is_unread())
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
        self.read_after == self.requests.count()
    }

    /// The body of the last request, if it had one.
    #[inline]
    fn upload(&self) -> Option<&Arrival> {
        self.upload.as_ref().filter(|upload| upload.request == self.requests.count())
    }

    /// The body that is being read.
    #[inline]
    fn open_upload(&self) -> Option<&Arrival> {
        self.upload().filter(|upload| upload.transfer.is_open())
    }

    fn set_starving(&self, is_starving: bool) {
        if !self.is_reading_head()
            && let Some(upload) = self.upload()
        {
            upload.transfer.set_starving(is_starving);
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
