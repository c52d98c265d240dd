//! Requests in flight: how many there may be at a time.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use crate::stats::ServerStats;

/// Requests in flight.
#[derive(Debug)]
pub(crate) struct Flights {
    most: Option<NonZeroU32>,
    count: AtomicU32,
    /// Whether the log knows already that requests are refused.
    is_told: AtomicBool,
}

impl Flights {
    pub(crate) fn new(most: Option<NonZeroU32>) -> Self {
        Self { most, count: AtomicU32::new(0), is_told: AtomicBool::new(false) }
    }

    /// One more; nothing where there are too many, unless it is one that goes beside them.
    pub(crate) fn begin(
        self: &Arc<Self>,
        stats: &ServerStats,
        is_beside: impl FnOnce() -> bool,
    ) -> Option<Flight> {
        let Some(most) = self.most else { return Some(Flight(None)) };
        if self.take(most.get()) {
            return Some(Flight(Some(Arc::clone(self))));
        }
        if is_beside() {
            return Some(Flight(None));
        }
        stats.shed_one();
        if !self.is_told.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                target: "purlin::server",
                most,
                "requests are refused, since `server.max_in_flight` are in flight; this is told once"
            );
        }
        None
    }

    fn take(&self, most: u32) -> bool {
        let one_more = |count: u32| (count < most).then_some(count + 1);
        self.count.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more).is_ok()
    }
}

/// A request in flight, where they are counted.
pub(crate) struct Flight(Option<Arc<Flights>>);

impl Drop for Flight {
    fn drop(&mut self) {
        if let Some(flights) = &self.0 {
            flights.count.fetch_sub(1, Ordering::Relaxed);
        }
    }
}
