//! A runtime for tests that have none.

/// Runs a future to its end, on a runtime of one thread with a clock.
///
/// ```
/// let answer = purlin_test::run(async { 42 });
/// assert_eq!(answer, 42);
/// ```
///
/// # Panics
///
/// Inside another runtime.
pub fn run<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime of one thread needs nothing that could be missing").block_on(future)
}
