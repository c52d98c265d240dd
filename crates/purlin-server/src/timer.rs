//! The one timer of a connection.
//!
//! A deadline is an instant in a field. The timer itself is touched only when it fires before the
//! deadline, which it then is set to, or when a deadline comes nearer than it: on a busy connection
//! that is once in every keep-alive period, and no request pays for it.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

use crate::pace::Pace;
use crate::seats::Seat;
use crate::shared::Limits;
use crate::wait::Wait;

/// How long a client that has closed its half is waited for while nothing moves. Those that wait
/// for a short answer get it; of those that are gone, nothing is left soon.
const SEEMING_ABSENT: Duration = Duration::from_millis(500);
/// How often a client is looked for whose leaving wakes nobody.
const LOOKS: Duration = Duration::from_millis(250);
/// A deadline that is never met.
const FAR: Duration = Duration::from_hours(24 * 365);

/// Knows since when a connection has been waiting, and for what.
pub(crate) struct Timer {
    sleep: Pin<Box<Sleep>>,
    is_set: bool,
    wait: Option<Wait>,
    since: Instant,
    /// When the first head has to be there, whatever its limit is.
    first_by: Option<Instant>,
    /// The body that comes, which is that of the request after so many.
    body: (u64, Pace),
    /// How it reads what it is sent.
    reading: Pace,
    /// Where others see since when it has been idle.
    seat: Arc<Seat>,
}

impl Timer {
    /// Begins with the wait for the first head.
    pub(crate) fn new(limits: &Limits, seat: Arc<Seat>) -> Self {
        let since = Instant::now();
        seat.note(Some(since));
        Self {
            sleep: Box::pin(sleep_until(after(since, limits.header))),
            is_set: false,
            wait: Some(Wait::Head(0)),
            since,
            first_by: None,
            body: (0, Pace::default()),
            reading: Pace::default(),
            seat,
        }
    }

    /// Gives a connection that has sent no request yet only this much longer to do so.
    pub(crate) fn hurry(&mut self, patience: Duration) {
        self.first_by.get_or_insert_with(|| Instant::now() + patience);
    }

    /// Whether this has been waited for since it was last looked at.
    pub(crate) fn has_begun(&self, wait: Option<Wait>) -> bool {
        self.wait == wait
    }

    /// Ends when what is waited for has taken longer than its limit.
    pub(crate) fn poll_over(
        &mut self,
        wait: Option<Wait>,
        limits: &Limits,
        cx: &mut Context<'_>,
    ) -> Poll<Wait> {
        if wait != self.wait {
            self.begin(wait, limits);
        }
        let Some(wait) = wait else { return Poll::Pending };
        let deadline = self.deadline(wait, limits);
        let fires = self.sleep.deadline();
        let has_fired = self.sleep.is_elapsed();
        if has_fired && fires >= deadline {
            return Poll::Ready(wait);
        }
        if self.is_set && !has_fired && fires <= deadline {
            return Poll::Pending;
        }
        self.is_set = true;
        self.sleep.as_mut().reset(deadline);
        self.sleep.as_mut().poll(cx).map(|()| wait)
    }

    /// Another wait begins, or none. Between two of them, nobody looks at the clock.
    fn begin(&mut self, wait: Option<Wait>, limits: &Limits) {
        match self.wait {
            Some(Wait::Body(..)) => self.body.1.wait(self.since.elapsed()),
            Some(Wait::Write(_)) => self.reading.wait(self.since.elapsed()),
            _ => {}
        }
        self.wait = wait;
        if wait.is_some() {
            self.since = Instant::now();
        }
        match wait {
            Some(Wait::Body(request, bytes)) => {
                if self.body.0 != request {
                    self.body = (request, Pace::after(bytes));
                }
                self.body.1.earn(bytes, limits.body_rate);
            }
            Some(Wait::Write(bytes)) => self.reading.earn(bytes, limits.write_rate),
            _ => {}
        }
        self.seat.note(matches!(wait, Some(Wait::Idle(_))).then_some(self.since));
    }

    fn deadline(&self, wait: Wait, limits: &Limits) -> Instant {
        let limit = match wait {
            Wait::Answer(_) => SEEMING_ABSENT,
            Wait::Body(..) => self.body.1.left(limits.body),
            Wait::Head(_) => limits.header,
            Wait::Idle(_) => limits.idle,
            Wait::Leaving(_) => LOOKS,
            Wait::Write(_) => self.reading.left(limits.write),
        };
        let deadline = after(self.since, limit);
        match self.first_by {
            Some(by) if wait == Wait::Head(0) => deadline.min(by),
            _ => deadline,
        }
    }
}

fn after(since: Instant, limit: Duration) -> Instant {
    since.checked_add(limit).unwrap_or_else(|| since + FAR)
}
