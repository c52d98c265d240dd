//! Places for connections: how many there may be at a time.

use std::future::poll_fn;
use std::num::NonZeroU32;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::descriptors;
use crate::seats::{GRACE, Seats};
use crate::stats::ServerStats;

/// The most places that are not asked for: so many idle connections take a quarter of a gigabyte.
const MOST: u64 = 16_384;
/// How many there are where the system does not say what it has.
const UNKNOWN: u64 = 8_192;

/// Places for connections.
#[derive(Debug)]
pub(crate) struct Places {
    free: Semaphore,
    count: u32,
    pub(crate) seats: Seats,
    /// Whether the log knows already that there may be too few.
    is_told: AtomicBool,
}

impl Places {
    pub(crate) fn new(count: Option<NonZeroU32>) -> Self {
        let count = count.map_or_else(|| default(descriptors::allowed()), NonZeroU32::get);
        // On a machine of 16 bits, all there can be.
        let free = usize::try_from(count).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS);
        let (free, seats) = (Semaphore::new(free), Seats::new());
        Self { free, count, seats, is_told: AtomicBool::new(false) }
    }

    /// Takes a place for a client that has come. Where all are taken, it waits for one, and asks
    /// connections that are idle for theirs. To drop this future takes none.
    pub(crate) async fn take(&self, stats: &ServerStats) {
        if let Ok(place) = self.free.try_acquire() {
            return place.forget();
        }
        stats.filled();
        self.tell();
        let mut place = pin!(self.free.acquire());
        loop {
            self.seats.ask();
            let mut refused = pin!(self.seats.refused());
            let turn = poll_fn(|cx| match place.as_mut().poll(cx) {
                Poll::Ready(place) => Poll::Ready(place.ok()),
                Poll::Pending => refused.as_mut().poll(cx).map(|()| None),
            });
            // The thread of one that was asked may be held, and others become idle.
            if let Ok(Some(place)) = timeout(GRACE, turn).await {
                return place.forget();
            }
        }
    }

    /// Gives a place back.
    pub(crate) fn leave(&self) {
        self.free.add_permits(1);
    }

    /// Once: under an attack, this would be a line for each connection that ends.
    fn tell(&self) {
        if !self.is_told.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                target: "purlin::server",
                connections = self.count,
                "as many connections are open as may be; others wait, or take the places of those that \
                 are idle; set `server.max_connections`, and the descriptors of the process where they are few"
            );
        }
    }
}

fn default(descriptors: Option<u64>) -> u32 {
    let count = descriptors.map_or(UNKNOWN, |all| (all / 4 * 3).clamp(1, MOST));
    u32::try_from(count).expect("it is at most `MOST`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_of_the_descriptors_is_left_for_others() {
        assert_eq!(default(Some(1024)), 768);
        assert_eq!(default(Some(3)), 1);
        assert_eq!(default(Some(1 << 40)), 16_384);
        assert_eq!(default(None), 8_192);
    }
}
