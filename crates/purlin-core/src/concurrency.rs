//! How many requests are answered at a time; the others are told to come later.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use http::header::RETRY_AFTER;
use http::{HeaderValue, StatusCode};
use serde_json::json;
use tokio::sync::Notify;

use crate::error::{Error, Result};
use crate::pipeline::{Around, InRoom, Middleware, Next};
use crate::report::Reported;
use crate::request::Request;
use crate::site::Site;

/// A middleware that lets so many requests through at a time, and answers others with 503 at once.
///
/// An application that takes on more than it can do is late with everything. One that sheds what is
/// too much stays fast for the rest: the refusal costs microseconds, and `Retry-After` says when to
/// come again. The routes that it stands on share its places; a request has one from this step to the
/// end of its answer, which is that of its stream where it has one, or until its client leaves. Work
/// that goes on after the answer, as a task does, has none.
///
/// ```
/// use std::time::Duration;
/// use purlin_core::{App, Concurrency, Routes};
///
/// let reports = Routes::new()
///     .get("/reports/{id}", async || "slow")
///     .middleware(Concurrency::limit(8).queue(16, Duration::from_secs(1)));
/// let app = App::new("shop").routes(reports);
/// ```
///
/// For all that a server answers, `server.max_in_flight` is the same as a setting.
///
/// # Limits
///
/// Nobody waits, unless [`queue`](Self::queue) says who.
#[derive(Debug)]
pub struct Concurrency {
    free: AtomicUsize,
    waiting: AtomicUsize,
    left: Notify,
    queue: usize,
    patience: Duration,
    retry_after: Duration,
    /// Whether the log knows already that requests are refused.
    is_told: AtomicBool,
}

impl Concurrency {
    /// Lets so many requests through at a time.
    ///
    /// # Panics
    ///
    /// When it is none.
    #[track_caller]
    pub fn limit(requests: usize) -> Self {
        assert!(requests > 0, "a limit of 0 requests would refuse all");
        Self {
            free: AtomicUsize::new(requests),
            waiting: AtomicUsize::new(0),
            left: Notify::new(),
            queue: 0,
            patience: Duration::ZERO,
            retry_after: Duration::from_secs(1),
            is_told: AtomicBool::new(false),
        }
    }

    /// Lets so many more wait for a place, but no longer than this. Those who have waited for longest
    /// are asked first, and one that comes in the right moment may be faster.
    #[must_use]
    pub fn queue(mut self, requests: usize, patience: Duration) -> Self {
        (self.queue, self.patience) = (requests, patience);
        self
    }

    /// When those who are refused may come again: after a second unless said, and in whole seconds,
    /// rounded up.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = wait;
        self
    }

    /// Takes a place, for as long as it is kept.
    async fn enter(self: &Arc<Self>) -> Result<Place> {
        if !self.take() {
            self.wait().await?;
        }
        Ok(Place(Arc::clone(self)))
    }

    fn take(&self) -> bool {
        let less = |free: usize| free.checked_sub(1);
        self.free.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less).is_ok()
    }

    async fn wait(self: &Arc<Self>) -> Result<()> {
        // It is counted before the places are looked at again, and who leaves one looks for it
        // after: one of the two sees the other.
        let waiting = Waiting(Arc::clone(self));
        if self.waiting.fetch_add(1, Ordering::SeqCst) >= self.queue {
            return Err(self.refusal());
        }
        let place = async {
            loop {
                let mut left = pin!(self.left.notified());
                // Whoever leaves a place from here on wakes this one, or one that has waited for longer.
                left.as_mut().enable();
                if self.take() {
                    return;
                }
                left.await;
            }
        };
        let waited = tokio::time::timeout(self.patience, place).await;
        drop(waiting);
        waited.map_err(|_| self.refusal())
    }

    #[cold]
    fn refusal(&self) -> Error {
        if !self.is_told.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                target: "purlin::server",
                "requests are refused, since others take all places; this is told once"
            );
        }
        let begun = u64::from(self.retry_after.subsec_nanos() > 0);
        overloaded(self.retry_after.as_secs().saturating_add(begun))
    }
}

/// 503 with `Retry-After`, of which the log has no line but that of the request: under load there
/// are many.
#[cold]
fn overloaded(retry_after: u64) -> Error {
    let detail = "too many requests are being answered; come again later";
    Error::new(StatusCode::SERVICE_UNAVAILABLE, "overloaded", detail)
        .with_header(RETRY_AFTER, HeaderValue::from(retry_after))
        .without_log()
}

/// A place that is taken.
struct Place(Arc<Concurrency>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.free.fetch_add(1, Ordering::SeqCst);
        if self.0.waiting.load(Ordering::SeqCst) > 0 {
            self.0.left.notify_one();
        }
    }
}

/// Somebody who waits for a place, and may be gone before it comes.
struct Waiting(Arc<Concurrency>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::SeqCst);
    }
}

/// What tells this middleware from a function that is one.
#[doc(hidden)]
#[derive(Debug)]
#[non_exhaustive]
pub struct Limiting;

#[diagnostic::do_not_recommend]
impl Middleware<Limiting> for Concurrency {
    fn prepare(self: Arc<Self>, site: &mut Site<'_>) -> Result<Arc<dyn Around>, Reported> {
        let status = StatusCode::SERVICE_UNAVAILABLE;
        let operation = site.operation();
        operation.problem(status, "overloaded", "Too many requests are being answered");
        operation.response(status, "").header(
            "Retry-After",
            "After how many seconds to come again",
            json!({ "type": "integer", "minimum": 0 }),
        );
        Ok(self)
    }
}

impl Around for Concurrency {
    fn call(self: Arc<Self>, request: Request, next: Next) -> InRoom {
        InRoom::new(async move {
            let place = self.enter().await?;
            let mut response = next.run(request).await;
            // A stream has only begun; any other body is there.
            let body = std::mem::take(response.body_mut());
            *response.body_mut() = body.holding(place);
            Ok(response)
        })
    }
}
