//! Answers in the memory of this process, within bounds.

use std::collections::HashMap;
use std::fmt;
use std::future::ready;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::shares::{By, Shares};
use super::store::{Begun, IdempotencyKey, IdempotencyStore, StoredAnswer};
use crate::endpoint::BoxFuture;
use crate::error::{Error, Result};

/// How many requests are remembered, unless something else is said.
const MOST: usize = 10_000;
/// How many bytes the answers may have together, unless something else is said: 64 MiB.
const MOST_BYTES: usize = 64 << 20;
/// How many requests of one scope may be carried out at a time, unless something else is said.
const MOST_UNDER_WAY: usize = 1_000;
/// What an entry takes beside the answer's body, in bytes, by and large.
const OVERHEAD: usize = 512;

/// Keeps answers in memory: 10,000 of them, and 64 MiB, unless something else is said.
///
/// Where there is no room, the oldest answer of the scope that has most goes first. A client that
/// sends many requests thus pushes out its own answers, and nobody's who has fewer. A client that can
/// choose its scope can be many clients: see [`Idempotency::scope`](crate::Idempotency::scope).
///
/// It forgets everything when the process ends, and knows nothing of other processes.
///
/// # Errors
///
/// What is being carried out is never forgotten. A scope of which 1,000 requests are being carried
/// out gets 429 `too_many_requests_under_way` for the next one, and where all that is kept is being
/// carried out, a new one is 503 with the same code.
pub struct IdempotencyMemory {
    most: usize,
    most_bytes: usize,
    most_under_way: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    entries: HashMap<IdempotencyKey, Entry>,
    shares: Shares,
}

struct Entry {
    fingerprint: [u8; 32],
    until: Option<Instant>,
    /// Nothing while the request is being carried out.
    kept: Option<Kept>,
}

struct Kept {
    answer: StoredAnswer,
    /// Its place in the order of its scope.
    number: u64,
    bytes: usize,
}

impl fmt::Debug for IdempotencyMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        write!(
            f,
            "IdempotencyMemory({} requests, {} bytes)",
            state.entries.len(),
            state.shares.bytes()
        )
    }
}

impl Default for IdempotencyMemory {
    fn default() -> Self {
        Self {
            most: MOST,
            most_bytes: MOST_BYTES,
            most_under_way: MOST_UNDER_WAY,
            state: Mutex::default(),
        }
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

    /// Sets how many requests of one scope may be carried out at a time: 1,000 unless said.
    #[must_use]
    pub fn most_under_way(mut self, requests: usize) -> Self {
        self.most_under_way = requests;
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
        if state.shares.under_way(key.scope()) >= self.most_under_way {
            let detail =
                "too many requests of this client with an `Idempotency-Key` are being carried out";
            return Err(too_many(StatusCode::TOO_MANY_REQUESTS, detail));
        }
        let until = now.checked_add(kept_for);
        state.entries.insert(key, Entry { fingerprint, until, kept: None });
        // It counts before room is made: a scope that has most makes room itself.
        state.shares.begin(key);
        while state.entries.len() > self.most {
            let Some(first) = state.shares.first_to_go(By::Number) else {
                state.remove(key);
                let detail = "too many requests with an `Idempotency-Key` are being carried out";
                return Err(too_many(StatusCode::SERVICE_UNAVAILABLE, detail));
            };
            state.remove(first);
        }
        Ok(Begun::New)
    }

    fn keep(&self, key: IdempotencyKey, mut answer: StoredAnswer) {
        let mut state = self.state();
        if !state.empty(key) {
            return;
        }
        // A part of something larger, such as the body of the request, would keep all of it.
        answer.body = answer.body.as_deref().map(Bytes::copy_from_slice);
        state.fill(key, answer);
        while state.shares.bytes() > self.most_bytes {
            match state.shares.first_to_go(By::Bytes) {
                Some(first) if first != key => state.remove(first),
                // All others have less. That it was carried out is known all the same.
                _ => {
                    state.strip(key);
                    break;
                }
            }
        }
    }
}

fn too_many(status: StatusCode, detail: &'static str) -> Error {
    Error::new(status, super::UNDER_WAY, detail)
}

impl StoredAnswer {
    fn bytes(&self) -> usize {
        let lines = self.headers.iter();
        let headers: usize = lines.map(|(name, value)| name.as_str().len() + value.len()).sum();
        OVERHEAD + headers + self.body.as_ref().map_or(0, Bytes::len)
    }
}

impl Entry {
    /// What is still carried out is never over.
    fn is_over(&self, now: Instant) -> bool {
        self.kept.is_some() && self.until.is_some_and(|until| until <= now)
    }
}

impl State {
    /// Takes the answer out of an entry: it is one that is being carried out then. Says whether there
    /// is such an entry.
    fn empty(&mut self, key: IdempotencyKey) -> bool {
        let Some(entry) = self.entries.get_mut(&key) else { return false };
        if let Some(kept) = entry.kept.take() {
            self.shares.remove(key, kept.number, kept.bytes);
            self.shares.begin(key);
        }
        true
    }

    /// Puts an answer into an entry that has none.
    fn fill(&mut self, key: IdempotencyKey, answer: StoredAnswer) {
        let Some(entry) = self.entries.get_mut(&key) else { return };
        let bytes = answer.bytes();
        self.shares.end(key);
        let number = self.shares.add(key, bytes);
        entry.kept = Some(Kept { answer, number, bytes });
    }

    /// Leaves nothing of an answer but its status.
    fn strip(&mut self, key: IdempotencyKey) {
        let kept = self.entries.get(&key).and_then(|entry| entry.kept.as_ref());
        let Some(status) = kept.map(|kept| kept.answer.status) else { return };
        self.empty(key);
        self.fill(key, StoredAnswer { status, headers: HeaderMap::new(), body: None });
    }

    fn remove(&mut self, key: IdempotencyKey) {
        if self.empty(key) {
            self.shares.end(key);
            self.entries.remove(&key);
        }
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

    fn key(n: u8) -> IdempotencyKey {
        IdempotencyKey::new([0; 32], [n; 32])
    }

    fn begin(memory: &IdempotencyMemory, key: IdempotencyKey) -> Begun {
        memory.note(key, [0; 32], Duration::from_mins(1)).unwrap()
    }

    fn answer(body: Bytes) -> StoredAnswer {
        let headers = HeaderMap::new();
        StoredAnswer { status: StatusCode::OK, headers, body: Some(body) }
    }

    /// One byte of a large body would keep all of it, and count as one byte.
    #[test]
    fn a_body_is_kept_without_what_it_is_a_part_of() {
        let memory = IdempotencyMemory::default();
        assert!(matches!(begin(&memory, key(1)), Begun::New));
        let large = Bytes::from(vec![b'x'; 1 << 20]);
        memory.keep(key(1), answer(large.slice(..1)));
        assert!(large.is_unique(), "the part is a copy");
        let Begun::Answered(kept) = begin(&memory, key(1)) else { panic!("it was answered") };
        assert_eq!(kept.body.as_deref(), Some(&b"x"[..]));
    }

    #[test]
    fn what_goes_is_counted_out() {
        let memory = IdempotencyMemory::default().most_bytes(2 * OVERHEAD);
        for key in [key(1), key(2)] {
            assert!(matches!(begin(&memory, key), Begun::New));
            memory.keep(key, answer(Bytes::from_static(b"four")));
            memory.keep(key, answer(Bytes::from_static(b"fours")));
        }
        assert_eq!(memory.state().shares.bytes(), OVERHEAD + 5);
        assert!(matches!(begin(&memory, key(1)), Begun::New), "there was room for one alone");
        memory.state().remove(key(2));
        assert_eq!(memory.state().shares.bytes(), 0);
    }
}
