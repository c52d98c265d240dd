//! Who takes up the places for connections, and who of them could leave.
//!
//! A connection notes on its [`Seat`] since when it has been idle. Where places run out, the one that
//! has been so for longest is asked to leave. It decides by itself, since nobody else knows whether a
//! request has come in that moment.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use crate::switch::LAST_CALL;

/// How long a connection has to be idle before it is asked: its next request, or its first, is
/// perhaps on its way. Without that, clients who wait would push out one another, and nobody would
/// be answered.
pub(crate) const GRACE: Duration = LAST_CALL;
/// How many are found by one look at all seats.
const MANY: usize = 256;
/// In the place of a moment: the connection is not idle.
const BUSY: u64 = u64::MAX;

/// The seats of all connections.
#[derive(Debug)]
pub(crate) struct Seats {
    begun: Instant,
    rows: Mutex<Rows>,
    refused: Notify,
}

#[derive(Debug, Default)]
struct Rows {
    seats: Vec<Option<Arc<Seat>>>,
    free: Vec<usize>,
    /// Those that have been idle for longest when all were looked at, with the moment of each, and
    /// the earliest last. Whoever still has the same moment is still one of them: moments of others
    /// are later.
    idlest: Vec<(u64, usize)>,
}

/// What others see of one connection.
#[derive(Debug)]
pub(crate) struct Seat {
    number: usize,
    begun: Instant,
    /// Since when it has been idle, as [`moment`] has it, or [`BUSY`].
    idle_since: AtomicU64,
    is_asked: AtomicBool,
    waker: Mutex<Waker>,
}

impl Seats {
    pub(crate) fn new() -> Self {
        Self { begun: Instant::now(), rows: Mutex::default(), refused: Notify::new() }
    }

    /// A seat for one connection more, which is not idle at first.
    pub(crate) fn sit(&self) -> Arc<Seat> {
        let mut rows = self.lock();
        let number = rows.free.pop().unwrap_or_else(|| {
            rows.seats.push(None);
            rows.seats.len() - 1
        });
        let seat = Arc::new(Seat {
            number,
            begun: self.begun,
            idle_since: AtomicU64::new(BUSY),
            is_asked: AtomicBool::new(false),
            waker: Mutex::new(Waker::noop().clone()),
        });
        rows.seats[number] = Some(Arc::clone(&seat));
        seat
    }

    pub(crate) fn leave(&self, seat: &Seat) {
        let mut rows = self.lock();
        rows.seats[seat.number] = None;
        rows.free.push(seat.number);
    }

    /// Asks the connection that has been idle for longest to leave, if one has been for long enough.
    pub(crate) fn ask(&self) {
        let latest = moment(self.begun.elapsed().saturating_sub(GRACE));
        let asked = {
            let mut rows = self.lock();
            rows.next().or_else(|| {
                rows.look(latest);
                rows.next()
            })
        };
        if let Some(seat) = asked {
            seat.waker().wake_by_ref();
        }
    }

    /// The connection has something to do, and stays.
    pub(crate) fn refuse(&self, seat: &Seat) {
        seat.is_asked.store(false, Ordering::Relaxed);
        seat.note(None);
        self.refused.notify_one();
    }

    /// Ends when one that was asked stays.
    pub(crate) async fn refused(&self) {
        self.refused.notified().await;
    }

    fn lock(&self) -> MutexGuard<'_, Rows> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Rows {
    /// The next of those that were found, which is then asked.
    fn next(&mut self) -> Option<Arc<Seat>> {
        while let Some((since, number)) = self.idlest.pop() {
            if let Some(seat) = &self.seats[number]
                && seat.idle_since.load(Ordering::Relaxed) == since
                && !seat.is_asked.swap(true, Ordering::Relaxed)
            {
                return Some(Arc::clone(seat));
            }
        }
        None
    }

    /// Finds those that have been idle for longest, and since no later than this.
    fn look(&mut self, latest: u64) {
        let moments = self.seats.iter().enumerate().filter_map(|(number, seat)| {
            let seat = seat.as_ref().filter(|seat| !seat.is_asked.load(Ordering::Relaxed))?;
            let since = seat.idle_since.load(Ordering::Relaxed);
            (since <= latest).then_some((since, number))
        });
        self.idlest.extend(moments);
        if self.idlest.len() > MANY {
            self.idlest.select_nth_unstable(MANY);
            self.idlest.truncate(MANY);
        }
        self.idlest.sort_unstable_by(|one, other| other.cmp(one));
    }
}

impl Seat {
    /// Says how its task is woken.
    pub(crate) fn wake_with(&self, waker: Waker) {
        *self.waker() = waker;
    }

    /// Notes since when it has been idle; nothing where it is not.
    pub(crate) fn note(&self, idle_since: Option<Instant>) {
        let moment = match idle_since {
            Some(since) => moment(since.saturating_duration_since(self.begun)),
            None => BUSY,
        };
        self.idle_since.store(moment, Ordering::Relaxed);
    }

    /// Whether it is asked to leave.
    pub(crate) fn is_asked(&self) -> bool {
        self.is_asked.load(Ordering::Relaxed)
    }

    fn waker(&self) -> MutexGuard<'_, Waker> {
        self.waker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A moment as a number that is larger the later it is: it is written for every request.
fn moment(since_begin: Duration) -> u64 {
    since_begin.as_secs() << 30 | u64::from(since_begin.subsec_nanos())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_that_have_been_idle_for_longest_are_asked_first() {
        let now = Instant::now();
        let long_ago = |milliseconds| Some(now - GRACE - Duration::from_millis(milliseconds));
        let mut seats = Seats::new();
        seats.begun = now - Duration::from_secs(10);
        let all: Vec<_> = (0..1000).map(|_| seats.sit()).collect();
        let asked = || {
            let are_asked = all.iter().filter(|seat| seat.is_asked()).count();
            seats.ask();
            let mut numbers = all.iter().enumerate().filter(|(_, seat)| seat.is_asked());
            assert_eq!(numbers.by_ref().count(), are_asked + 1);
        };
        // In an order of their own: 7919 is a prime.
        let age = |number: u64| number * 7919 % 1000;
        for (seat, number) in all.iter().zip(0..) {
            seat.note(long_ago(age(number)));
        }
        let of_age = |wanted| &all[(0..1000).position(|number| age(number) == wanted).unwrap()];
        asked();
        assert!(of_age(999).is_asked());
        // One that was found, and has had a request since, is not the next.
        of_age(998).note(long_ago(0));
        of_age(5).note(None);
        for wanted in (0..=997).rev().filter(|age| *age != 5) {
            asked();
            assert!(of_age(wanted).is_asked() || wanted == 0, "{wanted}");
        }
        assert!(!of_age(5).is_asked());
    }

    #[test]
    fn one_that_has_just_become_idle_is_left_alone() {
        let seats = Seats::new();
        let seat = seats.sit();
        seat.note(Some(Instant::now()));
        seats.ask();
        assert!(!seat.is_asked());
    }

    #[test]
    fn a_seat_is_given_to_another() {
        let seats = Seats::new();
        let (first, second) = (seats.sit(), seats.sit());
        seats.leave(&first);
        assert_eq!(seats.sit().number, first.number);
        assert_ne!(seats.sit().number, second.number);
    }
}
