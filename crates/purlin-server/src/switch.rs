//! The way from running to stopped, as all connections of a server see it.

use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::sync::futures::Notified;

/// How long a connection that has sent nothing yet may still do so when the server stops: its
/// first request is perhaps on its way.
pub(crate) const LAST_CALL: Duration = Duration::from_millis(250);

/// How far a server has come on its way down.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Stage {
    /// It serves.
    Running = 0,
    /// Requests in flight are finished, and no other is begun.
    Stopping = 1,
    /// Whatever is left is cut.
    Cutting = 2,
}

/// Tells connections the stage, and knows how many there are.
#[derive(Debug, Default)]
pub(crate) struct Switch {
    stage: AtomicU8,
    changed: Notify,
    inside: AtomicUsize,
    emptied: Notify,
    cut: AtomicUsize,
}

impl Switch {
    pub(crate) fn stage(&self) -> Stage {
        match self.stage.load(Ordering::Acquire) {
            0 => Stage::Running,
            1 => Stage::Stopping,
            _ => Stage::Cutting,
        }
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.stage() >= Stage::Stopping
    }

    /// Ends when the stage changes, if that happens after this call.
    pub(crate) fn changed(&self) -> Notified<'_> {
        self.changed.notified()
    }

    /// Ends when the server stops.
    pub(crate) async fn stopped(&self) {
        loop {
            let changed = self.changed();
            if self.is_stopping() {
                return;
            }
            changed.await;
        }
    }

    pub(crate) fn advance(&self, stage: Stage) {
        self.stage.store(stage as u8, Ordering::Release);
        self.changed.notify_waiters();
    }

    pub(crate) fn enter(&self) {
        self.inside.fetch_add(1, Ordering::AcqRel);
    }

    pub(crate) fn leave(&self) {
        if self.inside.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.emptied.notify_one();
        }
    }

    /// Notes that a connection was cut with a request in flight.
    pub(crate) fn cut(&self) {
        self.cut.fetch_add(1, Ordering::Relaxed);
    }

    /// How many were cut, those included that do not answer at all: a handler may block its thread.
    pub(crate) fn cut_or_stuck(&self) -> usize {
        self.cut.load(Ordering::Relaxed) + self.inside.load(Ordering::Acquire)
    }

    /// Waits until no connection is left, but no longer than this.
    pub(crate) async fn emptied(&self, patience: Duration) {
        let emptied = async {
            while self.inside.load(Ordering::Acquire) > 0 {
                self.emptied.notified().await;
            }
        };
        let _ = tokio::time::timeout(patience, emptied).await;
    }
}
