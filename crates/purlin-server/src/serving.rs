//! Drives one connection: the protocol, what it writes, and its deadlines.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use hyper::server::conn::http1;
use purlin_core::Connection;

use crate::exchange::Exchanges;
use crate::seats::Seat;
use crate::shared::Shared;
use crate::switch::LAST_CALL;
use crate::timer::Timer;
use crate::transport::{Presence, Transport};
use crate::wait::Wait;
use crate::wire::Wire;

/// How the requests of a connection came to their end.
#[derive(Debug)]
pub(crate) enum Ended {
    /// An answer failed halfway.
    Broken,
    /// It was idle, and others waited for its place.
    Evicted,
    /// The client is gone.
    Gone,
    /// Nothing came, in the time that there was for it.
    Idle,
    /// The last answer is given.
    Over,
    /// What the client sent is no request.
    Refused,
    /// A head did not come to its end in the time that there was for it.
    SlowHead,
    /// The client did not read.
    Stuck,
}

/// A connection on which requests are answered.
pub(crate) struct Serving<T: Transport> {
    protocol: http1::Connection<Wire<T>, Exchanges<T>>,
    wire: Wire<T>,
    timer: Timer,
    shared: Arc<Shared>,
    seat: Arc<Seat>,
    /// Whether the protocol knows that the next answer is the last.
    is_told: bool,
    /// How often the client was looked for.
    looks: u64,
}

impl<T: Transport> Serving<T> {
    pub(crate) fn new(
        wire: &Wire<T>,
        connection: Connection,
        shared: &Arc<Shared>,
        seat: &Arc<Seat>,
    ) -> Self {
        let connection =
            if shared.hosts.is_empty() { connection } else { connection.with_known_hosts() };
        let exchanges = Exchanges {
            shared: Arc::clone(shared),
            connection: Arc::new(connection),
            wire: wire.share(),
            requests: Arc::clone(wire.lock().reads().requests()),
        };
        Self {
            protocol: shared.http.serve_connection(wire.share(), exchanges),
            wire: wire.share(),
            timer: Timer::new(&shared.limits, Arc::clone(seat)),
            shared: Arc::clone(shared),
            seat: Arc::clone(seat),
            is_told: false,
            looks: 0,
        }
    }

    /// Ends the connection after the request it is in, or now if it is in none. One that has sent
    /// nothing yet is given a moment, and the answer to its first request says that it is the last.
    fn stop(&mut self) {
        if self.is_told {
            return;
        }
        if self.wire.lock().reads().requests().count() == 0 {
            self.timer.hurry(LAST_CALL);
            return;
        }
        self.is_told = true;
        Pin::new(&mut self.protocol).graceful_shutdown();
    }

    fn ended(&self, result: hyper::Result<()>) -> Ended {
        match result {
            Ok(()) => Ended::Over,
            Err(error) if error.is_parse() => {
                self.shared.stats.refused_head();
                tracing::debug!(target: "purlin::server", %error, "a head was refused");
                Ended::Refused
            }
            Err(error) if error.is_user() => {
                tracing::error!(target: "purlin::server", ?error, "an answer broke off");
                Ended::Broken
            }
            Err(error) => {
                tracing::debug!(target: "purlin::server", ?error, "a client left");
                Ended::Gone
            }
        }
    }

    /// Writes what can be written, and says what the client is waited for then. Where it waits for
    /// its answer, that is its leaving.
    fn poll_line(&self, cx: &mut Context<'_>) -> Result<Option<Wait>, Ended> {
        let mut line = self.wire.lock();
        if let Poll::Ready(Err(_)) = line.poll_drain(cx) {
            return Err(Ended::Gone);
        }
        if let Some(wait) = line.wait() {
            return Ok(Some(wait));
        }
        match line.presence(cx) {
            Presence::Here => Ok(None),
            Presence::HalfClosed if !self.shared.limits.half_close => {
                Ok(Some(Wait::Answer(line.moved())))
            }
            Presence::HalfClosed | Presence::Hidden => Ok(Some(Wait::Leaving(self.looks))),
            Presence::Gone => Err(Ended::Gone),
        }
    }

    /// Leaves its place to somebody else, if it is still as idle as when it was asked.
    #[cold]
    fn make_room(&self, wait: Option<Wait>) -> Option<Ended> {
        let is_idle = match wait {
            Some(Wait::Head(0)) => !self.wire.lock().reads().is_amid_head(),
            Some(Wait::Idle(_)) => self.timer.has_begun(wait),
            _ => false,
        };
        if is_idle {
            self.shared.stats.evict();
            return Some(Ended::Evicted);
        }
        self.shared.places.seats.refuse(&self.seat);
        None
    }

    /// What a wait that took too long means; nothing where the protocol will find out by itself.
    fn give_up(&mut self, wait: Wait) -> Option<Ended> {
        let mut line = self.wire.lock();
        let ended = match wait {
            Wait::Answer(_) => return Some(Ended::Gone),
            Wait::Leaving(_) => {
                self.looks += 1;
                return None;
            }
            Wait::Body(..) => {
                line.kill();
                None
            }
            Wait::Head(_) if line.reads().is_amid_head() => Some(Ended::SlowHead),
            Wait::Head(_) | Wait::Idle(_) => return Some(Ended::Idle),
            Wait::Write(_) => Some(Ended::Stuck),
        };
        self.shared.stats.timed_out();
        tracing::debug!(target: "purlin::server", ?wait, "a client was too slow");
        ended
    }
}

impl<T: Transport> Future for Serving<T> {
    type Output = Ended;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Ended> {
        let this = self.get_mut();
        loop {
            if this.shared.switch.is_stopping() {
                this.stop();
            }
            if let Poll::Ready(result) = Pin::new(&mut this.protocol).poll(cx) {
                return Poll::Ready(this.ended(result));
            }
            let wait = match this.poll_line(cx) {
                Ok(wait) => wait,
                Err(ended) => return Poll::Ready(ended),
            };
            if this.seat.is_asked()
                && let Some(ended) = this.make_room(wait)
            {
                return Poll::Ready(ended);
            }
            let Poll::Ready(wait) = this.timer.poll_over(wait, &this.shared.limits, cx) else {
                return Poll::Pending;
            };
            if let Some(ended) = this.give_up(wait) {
                return Poll::Ready(ended);
            }
        }
    }
}
