//! Who has how much of what is kept: so that room is made where most is taken.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::store::{IdempotencyKey, IdempotencyScope};

/// What the requests of all scopes take.
#[derive(Default)]
pub(super) struct Shares {
    all: HashMap<IdempotencyScope, Share>,
    /// Scopes that have answers, the one with the fewest requests first. Of two that have the same
    /// number, the one with the oldest answer is the last.
    by_number: BTreeSet<Rank>,
    /// As `by_number`, by bytes.
    by_bytes: BTreeSet<Rank>,
    next: u64,
    bytes: usize,
}

type Rank = (usize, Reverse<u64>, IdempotencyScope);

/// What the requests of one scope take.
#[derive(Default)]
struct Share {
    under_way: usize,
    /// The keys that have an answer, in the order in which they got it.
    answers: BTreeMap<u64, IdempotencyKey>,
    bytes: usize,
}

/// What decides whose answer goes.
#[derive(Clone, Copy)]
pub(super) enum By {
    Number,
    Bytes,
}

impl Shares {
    /// The bytes of all answers.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// How many requests of a scope are being carried out.
    pub(super) fn under_way(&self, scope: IdempotencyScope) -> usize {
        self.all.get(&scope).map_or(0, |share| share.under_way)
    }

    pub(super) fn begin(&mut self, key: IdempotencyKey) {
        self.change(key.scope(), |share| share.under_way += 1);
    }

    /// A request that was being carried out has ended.
    pub(super) fn end(&mut self, key: IdempotencyKey) {
        self.change(key.scope(), |share| share.under_way -= 1);
    }

    /// Counts an answer in, and gives its number.
    pub(super) fn add(&mut self, key: IdempotencyKey, bytes: usize) -> u64 {
        let number = self.next;
        self.next += 1;
        self.bytes += bytes;
        self.change(key.scope(), |share| {
            share.answers.insert(number, key);
            share.bytes += bytes;
        });
        number
    }

    /// Counts an answer out.
    pub(super) fn remove(&mut self, key: IdempotencyKey, number: u64, bytes: usize) {
        self.bytes -= bytes;
        self.change(key.scope(), |share| {
            share.answers.remove(&number);
            share.bytes -= bytes;
        });
    }

    /// The oldest answer of the scope that has most.
    pub(super) fn first_to_go(&self, by: By) -> Option<IdempotencyKey> {
        let ranks = match by {
            By::Number => &self.by_number,
            By::Bytes => &self.by_bytes,
        };
        let (_, _, scope) = ranks.last()?;
        let (_, key) = self.all.get(scope)?.answers.first_key_value()?;
        Some(*key)
    }

    fn change(&mut self, scope: IdempotencyScope, change: impl FnOnce(&mut Share)) {
        let share = self.all.entry(scope).or_default();
        if let Some([number, bytes]) = share.ranks(scope) {
            self.by_number.remove(&number);
            self.by_bytes.remove(&bytes);
        }
        change(share);
        if let Some([number, bytes]) = share.ranks(scope) {
            self.by_number.insert(number);
            self.by_bytes.insert(bytes);
        } else if share.under_way == 0 {
            self.all.remove(&scope);
        }
    }
}

impl Share {
    /// Where it stands by number and by bytes; nowhere if nothing of it can go.
    fn ranks(&self, scope: IdempotencyScope) -> Option<[Rank; 2]> {
        let (oldest, _) = self.answers.first_key_value()?;
        let number = self.under_way + self.answers.len();
        Some([number, self.bytes].map(|amount| (amount, Reverse(*oldest), scope)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_gone_leaves_nothing_behind() {
        let mut shares = Shares::default();
        let keys = [1, 2, 3].map(|n| IdempotencyKey::new([n % 2; 32], [n; 32]));
        let numbers = keys.map(|key| {
            shares.begin(key);
            shares.end(key);
            shares.add(key, 5)
        });
        assert_eq!(shares.first_to_go(By::Number), Some(keys[0]));
        for (key, number) in keys.into_iter().zip(numbers) {
            shares.remove(key, number, 5);
        }
        assert_eq!((shares.bytes(), shares.first_to_go(By::Bytes)), (0, None));
        assert!(shares.all.is_empty() && shares.by_number.is_empty());
    }
}
