//! Waits for what happens beside a test.

use std::time::Duration;

/// How long a test waits in vain before it fails.
const PATIENCE: Duration = Duration::from_secs(10);

/// Waits until something is so that happens beside the test: in a task, a subscriber, after the
/// client has left. It is asked again and again, and other tasks run in between.
///
/// ```
/// # purlin_test::run(async {
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicBool, Ordering};
///
/// let done = Arc::new(AtomicBool::new(false));
/// let task = Arc::clone(&done);
/// tokio::spawn(async move { task.store(true, Ordering::Relaxed) });
/// purlin_test::until("the task is done", async || done.load(Ordering::Relaxed)).await;
/// # });
/// ```
///
/// # Panics
///
/// After ten seconds, with these words. A test that passes never waits for that: what it waits for
/// is asked as soon as anything else has run.
pub async fn until(what: &str, is_so: impl AsyncFnMut() -> bool) {
    within(PATIENCE, what, is_so).await;
}

async fn within(limit: Duration, what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let waited = tokio::time::timeout(limit, async {
        while !is_so().await {
            tokio::task::yield_now().await;
        }
    });
    assert!(waited.await.is_ok(), "waited {limit:?} in vain until {what}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "in vain until the moon is full")]
    fn what_never_happens_fails_with_words() {
        crate::run(within(Duration::ZERO, "the moon is full", async || false));
    }
}
