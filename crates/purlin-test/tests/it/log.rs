//! The log as a test reads it.

use std::cell::RefCell;
use std::fmt::{self, Write as _};
use std::sync::Once;

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Subscriber;
use tracing::{Event, Metadata};

thread_local! {
    static LINES: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Keeps what is logged on this thread until it is dropped.
pub(crate) struct Capture(());

impl Capture {
    pub(crate) fn begin() -> Self {
        // One subscriber for all threads: whether a line is wanted is remembered for all of them,
        // so that a test that does not listen would silence one that does.
        static ONCE: Once = Once::new();
        ONCE.call_once(|| tracing::subscriber::set_global_default(Lines).unwrap());
        LINES.set(Some(String::new()));
        Self(())
    }

    /// What was logged since it was asked last, each line with its level, target and fields.
    pub(crate) fn lines(&self) -> String {
        let Self(()) = self;
        LINES.with_borrow_mut(|lines| lines.replace(String::new()).unwrap_or_default())
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        LINES.set(None);
    }
}

struct Lines;

struct Fields<'a>(&'a mut String);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let _ = write!(self.0, " {field}={value:?}");
    }
}

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
        LINES.with_borrow_mut(|lines| {
            let Some(lines) = lines else { return };
            let _ = write!(lines, "{} {}", event.metadata().level(), event.metadata().target());
            event.record(&mut Fields(lines));
            lines.push('\n');
        });
    }

    fn enter(&self, _span: &Id) {}

    fn exit(&self, _span: &Id) {}
}
