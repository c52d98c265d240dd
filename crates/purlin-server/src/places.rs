//! Places for connections: how many there may be at a time.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Semaphore;

use crate::descriptors;
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
    /// Whether the log knows already that there may be too few.
    is_told: AtomicBool,
}

impl Places {
    pub(crate) fn new(count: Option<NonZeroU32>) -> Self {
        let count = count.map_or_else(|| default(descriptors::allowed()), NonZeroU32::get);
        // On a machine of 16 bits, all there can be.
        let free = usize::try_from(count).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS);
        Self { free: Semaphore::new(free), count, is_told: AtomicBool::new(false) }
    }

    /// Waits for a place and takes it. To drop this future takes none.
    pub(crate) async fn take(&self, stats: &ServerStats) {
        if let Ok(place) = self.free.try_acquire() {
            return place.forget();
        }
        // A thread that waits for a client has a place for it: then none is free, and not all are
        // taken.
        if stats.open() >= u64::from(self.count) {
            stats.filled();
            self.tell();
        }
        if let Ok(place) = self.free.acquire().await {
            place.forget();
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
                "as many connections are open as may be, and others wait; \
                 set `server.max_connections`, and the descriptors of the process where they are few"
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
