//! Answers in the memory of this process, within bounds.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::future::ready;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

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
    /// The keys in the order in which they came.
    order: BTreeMap<u64, IdempotencyKey>,
    next: u64,
    bytes: usize,
}

struct Entry {
    fingerprint: [u8; 32],
    /// Its place in the order.
    number: u64,
    until: Option<Instant>,
    answer: Option<StoredAnswer>,
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
            return Ok(match &entry.answer {
                _ if entry.fingerprint != fingerprint => Begun::OtherRequest,
                Some(answer) => Begun::Answered(answer.clone()),
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
        let number = state.next;
        state.next += 1;
        state.order.insert(number, key);
        let until = now.checked_add(kept_for);
        let entry = Entry { fingerprint, number, until, answer: None, bytes: 0 };
        state.entries.insert(key, entry);
        Ok(Begun::New)
    }

    fn keep(&self, key: IdempotencyKey, mut answer: StoredAnswer) {
        let mut state = self.state();
        let headers: usize =
            answer.headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
        let body = answer.body.as_ref().map_or(0, bytes::Bytes::len);
        let mut bytes = OVERHEAD + headers + body;
        if bytes > self.most_bytes {
            answer.body = None;
            answer.headers.clear();
            bytes = OVERHEAD;
        }
        while state.bytes + bytes > self.most_bytes && state.forget_oldest() {}
        if let Some(entry) = state.entries.get_mut(&key) {
            entry.answer = Some(answer);
            entry.bytes = bytes;
            state.bytes += bytes;
        }
    }
}

impl Entry {
    /// What is still carried out is never over.
    fn is_over(&self, now: Instant) -> bool {
        self.answer.is_some() && self.until.is_some_and(|until| until <= now)
    }
}

impl State {
    fn remove(&mut self, key: IdempotencyKey) {
        if let Some(entry) = self.entries.remove(&key) {
            self.order.remove(&entry.number);
            self.bytes -= entry.bytes;
        }
    }

    /// Forgets the oldest answer; not a request that is being carried out.
    fn forget_oldest(&mut self) -> bool {
        let is_answered =
            |key: &&IdempotencyKey| self.entries.get(*key).is_some_and(|e| e.answer.is_some());
        let Some(oldest) = self.order.values().find(is_answered).copied() else { return false };
        self.remove(oldest);
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
