//! Panics, caught per request and turned into errors that know where they happened.

use std::any::Any;
use std::backtrace::Backtrace;
use std::cell::{Cell, RefCell};
use std::error::Error as StdError;
use std::fmt;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::pin::pin;
use std::sync::{Arc, Once};
use std::task::Poll;

use super::{Error, Result};

/// A panic of a handler, a step or a provider, as an error.
#[derive(Debug)]
pub struct Panicked {
    message: String,
    place: Option<(String, u32)>,
    backtrace: Option<Arc<Backtrace>>,
}

impl Panicked {
    /// What the panic said.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// File and line of the panic.
    pub fn place(&self) -> Option<(&str, u32)> {
        self.place.as_ref().map(|(file, line)| (file.as_str(), *line))
    }

    pub(crate) fn backtrace(&self) -> Option<&Backtrace> {
        self.backtrace.as_deref()
    }
}

impl fmt::Display for Panicked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Some((file, line)) => write!(f, "panicked at {file}:{line}: {}", self.message),
            None => write!(f, "panicked: {}", self.message),
        }
    }
}

impl StdError for Panicked {}

thread_local! {
    static CATCHING: Cell<bool> = const { Cell::new(false) };
    static LAST: RefCell<Option<Panicked>> = const { RefCell::new(None) };
}

/// Runs `f` and turns a panic into an [`Error`]. The panic is not printed: it is reported once,
/// with the request it broke, by the request log.
pub(crate) fn catch<T>(f: impl FnOnce() -> T) -> Result<T> {
    let outer = CATCHING.replace(true);
    let result = panic::catch_unwind(AssertUnwindSafe(f));
    CATCHING.set(outer);
    result.map_err(|payload| Error::internal(describe(payload.as_ref())))
}

/// Awaits `future`; a panic in it is its failure.
pub(crate) async fn caught<T>(future: impl Future<Output = Result<T>>) -> Result<T> {
    let mut future = pin!(future);
    std::future::poll_fn(|cx| match catch(|| future.as_mut().poll(cx)) {
        Ok(poll) => poll,
        Err(panic) => Poll::Ready(Err(panic)),
    })
    .await
}

fn describe(payload: &(dyn Any + Send)) -> Panicked {
    LAST.take().unwrap_or_else(|| Panicked { message: text(payload), place: None, backtrace: None })
}

fn text(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("a value that is no text").to_owned()
}

/// Makes panics inside [`catch`] known with place and backtrace; all others go on to the hook that
/// was there before.
pub(crate) fn install_hook() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if CATCHING.get() { LAST.set(Some(note(info))) } else { previous(info) }
        }));
    });
}

fn note(info: &PanicHookInfo<'_>) -> Panicked {
    Panicked {
        message: text(info.payload()),
        place: info.location().map(|place| (place.file().to_owned(), place.line())),
        backtrace: super::backtrace(),
    }
}
