//! The body of one request on its way from the client to the handler.
//!
//! The handler has an [`Upload`]; the connection keeps the [`Transfer`], to know whether anybody
//! still reads. A body that the handler dropped unread comes back here, so that the connection can
//! go on after it if the rest has already arrived, and can say `Connection: close` if not.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;

use crate::stats::ServerStats;

/// How much of a body that nobody wanted is read to keep its connection.
const DISCARDED: usize = 64 * 1024;

/// The body of one request, as the handler sees it.
pub(crate) struct Upload {
    /// Empty once the body has ended or was given back.
    incoming: Option<Incoming>,
    transfer: Arc<Transfer>,
    /// Whether the client sends nothing before it is told to go on (RFC 9110 §10.1.1).
    is_held_back: bool,
}

/// What the connection knows of the body of the request it answers.
#[derive(Debug)]
pub(crate) struct Transfer {
    state: Mutex<State>,
    is_starving: AtomicBool,
    stats: Arc<ServerStats>,
}

#[derive(Debug)]
struct State {
    rest: Rest,
    /// Whether the handler has answered, so that nobody will look for the rest.
    is_judged: bool,
    /// Whether the answer has been handed to the protocol to its end.
    is_answered: bool,
}

/// Where the unread part of a body is.
#[derive(Debug)]
enum Rest {
    /// There is none.
    Ended,
    /// Somebody may still read it.
    Kept,
    /// Nobody reads it, and it may be here already.
    Left(Incoming),
    /// Nobody reads it, and it is not here.
    Lost,
}

impl Upload {
    pub(crate) fn new(
        incoming: Incoming,
        is_held_back: bool,
        stats: Arc<ServerStats>,
    ) -> (Self, Arc<Transfer>) {
        let state = State { rest: Rest::Kept, is_judged: false, is_answered: false };
        let state = Mutex::new(state);
        let transfer = Arc::new(Transfer { state, is_starving: AtomicBool::new(false), stats });
        let incoming = Some(incoming);
        (Self { incoming, transfer: Arc::clone(&transfer), is_held_back }, transfer)
    }
}

impl Body for Upload {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        self.is_held_back = false;
        let Some(incoming) = &mut self.incoming else { return Poll::Ready(None) };
        let frame = ready!(Pin::new(&mut *incoming).poll_frame(cx));
        let rest = match &frame {
            Some(Ok(_)) if !incoming.is_end_stream() => return Poll::Ready(frame),
            Some(Err(_)) => Rest::Lost,
            Some(Ok(_)) | None => Rest::Ended,
        };
        self.incoming = None;
        self.transfer.lock().rest = rest;
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        match &self.incoming {
            Some(incoming) => incoming.size_hint(),
            None => SizeHint::with_exact(0),
        }
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        let Some(incoming) = self.incoming.take() else { return };
        let mut state = self.transfer.lock();
        let is_lost = self.is_held_back || state.is_judged;
        state.rest = if is_lost { Rest::Lost } else { Rest::Left(incoming) };
    }
}

impl Transfer {
    /// Whether the next bytes of the client belong to this body rather than to another request.
    pub(crate) fn is_open(&self) -> bool {
        let state = self.lock();
        !state.is_answered || matches!(state.rest, Rest::Kept)
    }

    /// Whether somebody waits for more of the body, and the client has not sent it.
    pub(crate) fn is_stalled(&self) -> bool {
        self.is_starving.load(Ordering::Relaxed) && matches!(self.lock().rest, Rest::Kept)
    }

    /// Whether the client may still be sending a body that nobody will read.
    pub(crate) fn is_unread(&self) -> bool {
        !matches!(self.lock().rest, Rest::Ended)
    }

    /// Whether the connection cannot be used for another request.
    pub(crate) fn is_lost(&self) -> bool {
        matches!(self.lock().rest, Rest::Lost)
    }

    /// Notes whether the protocol has asked the client for more and got nothing.
    pub(crate) fn set_starving(&self, is_starving: bool) {
        self.is_starving.store(is_starving, Ordering::Relaxed);
    }

    /// Notes that the request came to its end because its client was too slow.
    pub(crate) fn timed_out(&self) {
        self.stats.timed_out();
    }

    /// Notes that the answer is out.
    pub(crate) fn set_answered(&self) {
        self.lock().is_answered = true;
    }

    /// When the handler has answered: reads what it left of the body, as far as that is here
    /// already and is not much. It never waits for the client.
    pub(crate) fn poll_judge(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.lock();
        if let Rest::Left(incoming) = &mut state.rest {
            let is_starving = self.is_starving.load(Ordering::Relaxed);
            state.rest = match poll_discard(incoming, cx) {
                Poll::Ready(rest) => rest,
                Poll::Pending if is_starving => Rest::Lost,
                Poll::Pending => return Poll::Pending,
            };
        }
        state.is_judged = true;
        Poll::Ready(())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn poll_discard(incoming: &mut Incoming, cx: &mut Context<'_>) -> Poll<Rest> {
    let mut left = DISCARDED;
    loop {
        match ready!(Pin::new(&mut *incoming).poll_frame(cx)) {
            None => return Poll::Ready(Rest::Ended),
            Some(Err(_)) => return Poll::Ready(Rest::Lost),
            Some(Ok(frame)) => {
                let read = frame.data_ref().map_or(0, Bytes::len);
                match left.checked_sub(read) {
                    Some(_) if incoming.is_end_stream() => return Poll::Ready(Rest::Ended),
                    Some(rest) => left = rest,
                    None => return Poll::Ready(Rest::Lost),
                }
            }
        }
    }
}
