//! The log as a test reads it.

use std::cell::RefCell;
use std::fmt::{self, Write as _};
use std::marker::PhantomData;
use std::sync::Once;

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Subscriber;
use tracing::{Event, Metadata};

thread_local! {
    static KEPT: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// What is logged on the thread of a test, from [`begin`](Self::begin) until it is dropped.
///
/// A test and the application in it run on one thread, so that tests beside each other do not see
/// each other's lines. What a plain `fn` logs on the blocking pool, or a thread of the application's
/// own, is not in it.
///
/// Each event is a line of all levels: the level, the target, the message, and the fields as
/// `name=value`. Spans are left out.
///
/// ```
/// # purlin_test::run(async {
/// use purlin_core::{App, Routes};
/// use purlin_test::{Log, TestApp};
///
/// let greet = async || {
///     tracing::info!(target: "greeter", to = "all", "said hello");
///     "hello"
/// };
/// let app = TestApp::start(App::new("t").routes(Routes::new().get("/", greet))).await;
/// let log = Log::begin();
/// app.get("/").await;
/// log.assert_contains("INFO greeter: said hello to=\"all\"\n");
/// # });
/// ```
#[derive(Debug)]
pub struct Log {
    /// It belongs to its thread.
    _thread: PhantomData<*const ()>,
}

impl Log {
    /// Keeps what is logged on this thread from here on.
    ///
    /// # Panics
    ///
    /// When something else than a [`Log`] is the global subscriber of [`tracing`], which there is
    /// one of in a process; and when another [`Log`] of this thread has not been dropped.
    #[must_use = "it keeps the log until it is dropped"]
    pub fn begin() -> Self {
        // One subscriber for all threads: whether a line is wanted is remembered for all of them,
        // so that a thread which does not listen would silence one that does.
        static ONCE: Once = Once::new();
        ONCE.call_once(|| {
            tracing::subscriber::set_global_default(Lines)
                .expect("the log of a test is kept where no other subscriber is set");
        });
        let before = KEPT.replace(Some(String::new()));
        assert!(before.is_none(), "another `Log` keeps what is logged on this thread");
        Self { _thread: PhantomData }
    }

    /// What was logged so far, and has not been [taken](Self::take).
    #[must_use]
    pub fn text(&self) -> String {
        KEPT.with_borrow(|kept| kept.clone().unwrap_or_default())
    }

    /// What was logged since it was taken last.
    #[must_use = "what is taken is not kept"]
    pub fn take(&self) -> String {
        KEPT.replace(Some(String::new())).unwrap_or_default()
    }

    /// Checks that something was logged.
    ///
    /// # Panics
    ///
    /// With the whole log, when it was not.
    #[track_caller]
    pub fn assert_contains(&self, wanted: &str) -> &Self {
        let text = self.text();
        assert!(text.contains(wanted), "`{wanted}` is not in the log:\n{text}");
        self
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        KEPT.set(None);
    }
}

struct Lines;

impl Subscriber for Lines {
    fn enabled(&self, _metadata: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _span: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _span: &Id, _values: &Record<'_>) {}

    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line::default();
        event.record(&mut line);
        let (level, target) = (event.metadata().level(), event.metadata().target());
        // A thread that ends may still log, when it keeps nothing any more.
        let _ = KEPT.try_with(|kept| {
            if let Some(kept) = &mut *kept.borrow_mut() {
                let _ = writeln!(kept, "{level} {target}:{}{}", line.message, line.fields);
            }
        });
    }

    fn enter(&self, _span: &Id) {}

    fn exit(&self, _span: &Id) {}
}

/// The message goes before the fields, wherever it comes.
#[derive(Default)]
struct Line {
    message: String,
    fields: String,
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let _ = match field.name() {
            "message" => write!(self.message, " {value:?}"),
            name => write!(self.fields, " {name}={value:?}"),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_its_level_its_target_its_message_and_its_fields() {
        let log = Log::begin();
        tracing::warn!(target: "shelf", book = 7, by = %"hand", "it is {}", "full");
        tracing::trace!(target: "shelf", "a fine grain");
        assert_eq!(
            log.text(),
            "WARN shelf: it is full book=7 by=hand\nTRACE shelf: a fine grain\n"
        );
    }

    #[test]
    fn what_was_taken_is_gone_and_so_is_all_with_the_log() {
        let log = Log::begin();
        tracing::info!(target: "shelf", "one");
        assert_eq!(log.take(), "INFO shelf: one\n");
        tracing::info!(target: "shelf", "two");
        assert_eq!(log.take(), "INFO shelf: two\n");
        tracing::info!(target: "shelf", "three");
        drop(log);
        tracing::info!(target: "shelf", "four");
        assert_eq!(Log::begin().text(), "");
    }

    #[test]
    fn threads_do_not_see_what_others_log() {
        let log = Log::begin();
        std::thread::spawn(|| tracing::info!(target: "shelf", "elsewhere")).join().unwrap();
        assert_eq!(log.text(), "");
    }

    #[test]
    #[should_panic(expected = "`three` is not in the log:\nINFO shelf: one\n")]
    fn what_was_not_logged_fails_with_what_was() {
        let log = Log::begin();
        tracing::info!(target: "shelf", "one");
        log.assert_contains("one").assert_contains("three");
    }

    #[test]
    #[should_panic(expected = "another `Log` keeps")]
    fn a_thread_has_one_log() {
        let _log = Log::begin();
        let _other = Log::begin();
    }
}
