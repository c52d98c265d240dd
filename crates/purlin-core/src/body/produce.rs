//! Bodies whose chunks are produced on demand.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body as HttpBody, Frame};

use super::BoxError;

/// The writing end of [`Body::produce`](super::Body::produce).
#[derive(Debug)]
pub struct Chunks {
    slot: Arc<Slot>,
}

/// Nobody takes chunks any more: the client has left, or the producer has ended.
///
/// A producer itself never sees it, since it is dropped first; a task that it has started does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChunkError;

impl fmt::Display for ChunkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the body is not read any more")
    }
}

impl std::error::Error for ChunkError {}

impl Chunks {
    /// Sends one chunk, and returns when the client has room for the next one. Chunks that are sent
    /// at the same time all arrive, one after the other.
    ///
    /// # Errors
    ///
    /// [`ChunkError`] when nobody reads the body any more.
    pub async fn send(&self, chunk: impl Into<Bytes>) -> Result<(), ChunkError> {
        let chunk = chunk.into();
        if chunk.is_empty() {
            return Ok(());
        }
        self.put(Frame::data(chunk)).await
    }

    /// Sends the trailers, which end the body.
    ///
    /// # Errors
    ///
    /// [`ChunkError`] when nobody reads the body any more.
    pub async fn trailers(self, trailers: HeaderMap) -> Result<(), ChunkError> {
        self.put(Frame::trailers(trailers)).await
    }

    async fn put(&self, frame: Frame<Bytes>) -> Result<(), ChunkError> {
        let mut frame = Some(frame);
        let mut turn = 0;
        poll_fn(|cx| {
            let mut state = self.slot.lock();
            if let Some(put) = frame.take() {
                if state.is_closed {
                    return Poll::Ready(Err(ChunkError));
                }
                if state.frame.is_some() {
                    frame = Some(put);
                } else {
                    state.frame = Some(put);
                    state.put += 1;
                    turn = state.put;
                    if let Some(reader) = state.reader.take() {
                        reader.wake();
                    }
                }
            } else if state.taken >= turn {
                return Poll::Ready(Ok(()));
            } else if state.is_closed {
                return Poll::Ready(Err(ChunkError));
            }
            if !state.writers.iter().any(|writer| writer.will_wake(cx.waker())) {
                state.writers.push(cx.waker().clone());
            }
            Poll::Pending
        })
        .await
    }
}

/// Where a producer puts its next frame and the body takes it.
#[derive(Debug, Default)]
struct Slot(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    frame: Option<Frame<Bytes>>,
    /// How many frames were put here, and how many of them were taken.
    put: u64,
    taken: u64,
    is_closed: bool,
    reader: Option<Waker>,
    writers: Vec<Waker>,
}

impl Slot {
    /// A poisoned lock only means that a producer panicked; the frame in it is still whole.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the frame that is there; if there is none, the reader is woken for the next one.
    fn take(&self, cx: &mut Context<'_>) -> Option<Frame<Bytes>> {
        let mut state = self.lock();
        let frame = state.frame.take();
        if frame.is_none() {
            state.reader = Some(cx.waker().clone());
            return None;
        }
        state.taken += 1;
        for writer in state.writers.drain(..) {
            // The producer is part of the task that reads, and polled when that wants more.
            if !writer.will_wake(cx.waker()) {
                writer.wake();
            }
        }
        frame
    }

    fn close(&self) {
        let mut state = self.lock();
        state.is_closed = true;
        state.writers.drain(..).for_each(Waker::wake);
    }
}

/// A producer at work.
type Producing = Pin<Box<dyn Future<Output = Result<(), BoxError>> + Send>>;

/// A body that is produced.
pub(super) struct Produced {
    future: Option<Producing>,
    slot: Arc<Slot>,
}

pub(super) fn produced<F, Fut>(producer: F) -> Produced
where
    F: FnOnce(Chunks) -> Fut,
    Fut: Future<Output = Result<(), BoxError>> + Send + 'static,
{
    let slot = Arc::<Slot>::default();
    let future: Producing = Box::pin(producer(Chunks { slot: Arc::clone(&slot) }));
    Produced { future: Some(future), slot }
}

impl HttpBody for Produced {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = &mut *self;
        let Some(future) = &mut this.future else {
            return Poll::Ready(None);
        };
        let ended = future.as_mut().poll(cx);
        let frame = this.slot.take(cx);
        match (frame, ended) {
            (frame, Poll::Ready(Ok(()))) => {
                this.end();
                Poll::Ready(frame.map(Ok))
            }
            (_, Poll::Ready(Err(error))) => {
                this.end();
                Poll::Ready(Some(Err(error)))
            }
            (Some(frame), Poll::Pending) => Poll::Ready(Some(Ok(frame))),
            (None, Poll::Pending) => Poll::Pending,
        }
    }
}

impl Produced {
    fn end(&mut self) {
        self.future = None;
        self.slot.close();
    }
}

impl Drop for Produced {
    fn drop(&mut self) {
        self.slot.close();
    }
}
