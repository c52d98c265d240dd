//! Answers in the memory of this process, within bounds.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::future::ready;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::StatusCode;

use super::store::{Begun, IdempotencyKey, IdempotencyStore, StoredAnswer};
use crate::endpoint::BoxFuture;
use crate::error::{Error, Result};

/// How many requests are remembered, unless something else is said.
const MOST: usize = 10_000;
/// How many bytes the answers may have together, unless something else is said: 64 MiB.
const MOST_BYTES: usize = 64 << 20;
/// What an entry takes beside the answer's body, in bytes, by and large.
const OVERHEAD: usize = 512;

/// Keeps answers in memory: 10,000 of them, and 64 MiB, unless something else is said. The oldest
/// make room for new ones; where all that are kept are still being carried out, a new one is 503.
///
/// It forgets everything when the process ends, and knows nothing of other processes.
pub struct IdempotencyMemory {
    most: usize,
    most_bytes: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    entries: HashMap<IdempotencyKey, Entry>,
    /// The keys that have an answer, in the order in which they got it.
    order: BTreeMap<u64, IdempotencyKey>,
    next: u64,
    bytes: usize,
}

struct Entry {
    fingerprint: [u8; 32],
    until: Option<Instant>,
    /// Nothing while the request is being carried out.
    kept: Option<Kept>,
}

struct Kept {
    answer: StoredAnswer,
    /// Its place in the order.
    number: u64,
    bytes: usize,
}

impl fmt::Debug for IdempotencyMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        write!(f, "IdempotencyMemory({} requests, {} bytes)", state.entries.len(), state.bytes)
    }
}

impl Default for IdempotencyMemory {
    fn default() -> Self {
        Self { most: MOST, most_bytes: MOST_BYTES, state: Mutex::default() }
    }
}

impl IdempotencyMemory {
    /// Sets how many requests are remembered.
    #[must_use]
    pub fn most(mut self, requests: usize) -> Self {
        self.most = requests;
        self
    }

    /// Sets how many bytes all answers may have together.
    #[must_use]
    pub fn most_bytes(mut self, bytes: usize) -> Self {
        self.most_bytes = bytes;
        self
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(
        &self,
        key: IdempotencyKey,
        fingerprint: [u8; 32],
        kept_for: Duration,
    ) -> Result<Begun> {
        let mut state = self.state();
        let now = Instant::now();
        if state.entries.get(&key).is_some_and(|entry| entry.is_over(now)) {
            state.remove(key);
        }
        if let Some(entry) = state.entries.get(&key) {
            return Ok(match &entry.kept {
                _ if entry.fingerprint != fingerprint => Begun::OtherRequest,
                Some(kept) => Begun::Answered(kept.answer.clone()),
                None => Begun::UnderWay,
            });
        }
        while state.entries.len() >= self.most {
            if !state.forget_oldest() {
                let detail = "too many requests with an `Idempotency-Key` are being carried out";
                let status = StatusCode::SERVICE_UNAVAILABLE;
                return Err(Error::new(status, "too_many_requests_under_way", detail));
            }
        }
        let until = now.checked_add(kept_for);
        state.entries.insert(key, Entry { fingerprint, until, kept: None });
        Ok(Begun::New)
    }

    fn keep(&self, key: IdempotencyKey, mut answer: StoredAnswer) {
        let mut state = self.state();
        let headers: usize =
            answer.headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
        let body = answer.body.as_ref().map_or(0, Bytes::len);
        let mut bytes = OVERHEAD + headers + body;
        if bytes > self.most_bytes {
            answer.body = None;
            answer.headers.clear();
            bytes = OVERHEAD;
        }
        // A part of something larger, such as the body of the request, would keep all of it.
        answer.body = answer.body.as_deref().map(Bytes::copy_from_slice);
        state.empty(key);
        while state.bytes + bytes > self.most_bytes && state.forget_oldest() {}
        let number = state.next;
        let Some(entry) = state.entries.get_mut(&key) else { return };
        entry.kept = Some(Kept { answer, number, bytes });
        state.order.insert(number, key);
        state.next += 1;
        state.bytes += bytes;
    }
}

impl Entry {
    /// What is still carried out is never over.
    fn is_over(&self, now: Instant) -> bool {
        self.kept.is_some() && self.until.is_some_and(|until| until <= now)
    }
}

impl State {
    /// Takes the answer out of an entry.
    fn empty(&mut self, key: IdempotencyKey) {
        if let Some(kept) = self.entries.get_mut(&key).and_then(|entry| entry.kept.take()) {
            self.order.remove(&kept.number);
            self.bytes -= kept.bytes;
        }
    }

    fn remove(&mut self, key: IdempotencyKey) {
        self.empty(key);
        self.entries.remove(&key);
    }

    /// Forgets the oldest answer; not a request that is being carried out.
    fn forget_oldest(&mut self) -> bool {
        let Some((_, oldest)) = self.order.first_key_value() else { return false };
        self.remove(*oldest);
        true
    }
}

impl IdempotencyStore for IdempotencyMemory {
    fn begin(
        &self,
        key: IdempotencyKey,
        fingerprint: [u8; 32],
        kept_for: Duration,
    ) -> BoxFuture<Result<Begun>> {
        Box::pin(ready(self.note(key, fingerprint, kept_for)))
    }

    fn finish(&self, key: IdempotencyKey, answer: StoredAnswer) -> BoxFuture<Result> {
        self.keep(key, answer);
        Box::pin(ready(Ok(())))
    }

    fn release(&self, key: IdempotencyKey) -> BoxFuture<Result> {
        self.state().remove(key);
        Box::pin(ready(Ok(())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: IdempotencyKey = IdempotencyKey([1; 32]);
    const SECOND: IdempotencyKey = IdempotencyKey([2; 32]);

    fn begin(memory: &IdempotencyMemory, key: IdempotencyKey) -> Begun {
        memory.note(key, [0; 32], Duration::from_mins(1)).unwrap()
    }

    fn answer(body: Bytes) -> StoredAnswer {
        let headers = http::HeaderMap::new();
        StoredAnswer { status: StatusCode::OK, headers, body: Some(body) }
    }

    /// One byte of a large body would keep all of it, and count as one byte.
    #[test]
    fn a_body_is_kept_without_what_it_is_a_part_of() {
        let memory = IdempotencyMemory::default();
        assert!(matches!(begin(&memory, FIRST), Begun::New));
        let large = Bytes::from(vec![b'x'; 1 << 20]);
        memory.keep(FIRST, answer(large.slice(..1)));
        assert!(large.is_unique(), "the part is a copy");
        let Begun::Answered(kept) = begin(&memory, FIRST) else { panic!("it was answered") };
        assert_eq!(kept.body.as_deref(), Some(&b"x"[..]));
    }

    #[test]
    fn what_goes_is_counted_out() {
        let memory = IdempotencyMemory::default().most_bytes(2 * OVERHEAD);
        for key in [FIRST, SECOND] {
            assert!(matches!(begin(&memory, key), Begun::New));
            memory.keep(key, answer(Bytes::from_static(b"four")));
            memory.keep(key, answer(Bytes::from_static(b"fours")));
        }
        assert_eq!(memory.state().bytes, OVERHEAD + 5);
        assert!(matches!(begin(&memory, FIRST), Begun::New), "there was room for one alone");
        let mut state = memory.state();
        state.remove(SECOND);
        assert_eq!((state.bytes, state.order.len()), (0, 0));
    }
}
