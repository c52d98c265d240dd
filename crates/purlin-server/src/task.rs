//! The task of a connection: contained, counted, and cut when the server has waited long enough.

use std::any::Any;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use purlin_core::Connection;
use tokio::sync::futures::Notified;

use crate::closing::close;
use crate::greeting::greet;
use crate::seats::Seat;
use crate::serving::Serving;
use crate::shared::Shared;
use crate::switch::{Stage, Switch};
use crate::transport::Transport;
use crate::wire::Wire;

/// Serves a connection in a task of its own.
pub(crate) fn spawn<T: Transport>(io: T, connection: Connection, shared: &Arc<Shared>) {
    let pass = Pass::new(shared);
    tokio::spawn(run(io, connection, pass));
}

/// Serves a connection to its end, whatever that is.
async fn run<T: Transport>(mut io: T, connection: Connection, pass: Pass) {
    let Pass { shared, seat } = &pass;
    let (connection, early) = if shared.proxies.speak_first {
        // In a box, since what it needs would be part of every connection for as long as it lasts.
        let greeting = Box::pin(greet(&mut io, connection, shared));
        match contained(greeting, &shared.switch).await {
            Ok(Some(greeted)) => greeted,
            Ok(None) | Err(_) => return,
        }
    } else {
        (connection, Vec::new())
    };
    let wire = Wire::new(io, early, &shared.limits);
    // A task has the same waker for as long as it lasts.
    seat.wake_with(poll_fn(|cx| Poll::Ready(cx.waker().clone())).await);
    let serving = Serving::new(&wire, connection, shared, seat);
    match contained(serving, &shared.switch).await {
        Ok(ended) => {
            seat.note(None);
            let _ = contained(close(wire, ended, shared), &shared.switch).await;
        }
        Err(Outcome::Cut) => {
            shared.switch.cut();
            wire.lock().abort();
        }
        Err(Outcome::Panicked(panic)) => {
            wire.lock().abort();
            tracing::error!(target: "purlin::server", "a connection panicked: {}", text(&*panic));
        }
    }
}

/// Why something did not come to its end.
enum Outcome {
    Cut,
    Panicked(Box<dyn Any + Send>),
}

/// Runs a future until it ends or panics, or the server cuts what is left.
async fn contained<F: Future>(future: F, switch: &Switch) -> Result<F::Output, Outcome> {
    let mut future = pin!(future);
    let mut watch = pin!(switch.changed());
    let mut seen = None;
    poll_fn(|cx| {
        let stage = switch.stage();
        if stage == Stage::Cutting {
            return Poll::Ready(Err(Outcome::Cut));
        }
        if seen != Some(stage) {
            seen = Some(stage);
            wake_on_change(watch.as_mut(), switch, cx);
        }
        match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
            Ok(polled) => polled.map(Ok),
            Err(panic) => Poll::Ready(Err(Outcome::Panicked(panic))),
        }
    })
    .await
}

/// Registers for the next change. One that came since the stage was read is not slept through.
fn wake_on_change<'a>(mut watch: Pin<&mut Notified<'a>>, switch: &'a Switch, cx: &mut Context<'_>) {
    while watch.as_mut().poll(cx).is_ready() {
        watch.set(switch.changed());
        cx.waker().wake_by_ref();
    }
}

/// Counts a connection for as long as it lasts.
struct Pass {
    shared: Arc<Shared>,
    seat: Arc<Seat>,
}

impl Pass {
    fn new(shared: &Arc<Shared>) -> Self {
        shared.stats.connected();
        shared.switch.enter();
        Self { shared: Arc::clone(shared), seat: shared.places.seats.sit() }
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        self.shared.stats.disconnected();
        self.shared.places.seats.leave(&self.seat);
        self.shared.places.leave();
        self.shared.switch.leave();
    }
}

fn text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no text")
}
