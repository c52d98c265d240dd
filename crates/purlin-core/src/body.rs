//! The body of a request or a response: nothing, bytes, or a stream of frames.
//!
//! A [`Body`] is an enum so that the common cases, empty and already in memory, cost no box.
//! It is an [`http_body::Body`], so any server or client of that trait can send it.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http_body::{Body as HttpBody, Frame, SizeHint};

/// What a body stream fails with: any error of whoever produces it.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The body of a request or a response.
#[derive(Default)]
#[non_exhaustive]
pub enum Body {
    /// No body at all.
    #[default]
    Empty,
    /// A body that is completely in memory.
    Full(Bytes),
    /// Frames (data, then perhaps trailers) that arrive over time.
    Stream(Pin<Box<dyn HttpBody<Data = Bytes, Error = BoxError> + Send>>),
}

impl Body {
    /// Wraps any body of the `http-body` trait; its frames are passed on one by one.
    pub fn stream<B>(body: B) -> Self
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        Self::unpinned(Box::pin(body))
    }

    /// As [`Body::stream`], for a body that may be moved: one allocation less.
    pub fn unpinned<B>(body: B) -> Self
    where
        B: HttpBody<Data = Bytes> + Send + Unpin + 'static,
        B::Error: Into<BoxError>,
    {
        if body.is_end_stream() {
            return Self::Empty;
        }
        Self::Stream(Box::pin(MapError(body)))
    }

    /// Makes a body from chunks that are produced on demand.
    ///
    /// The producer runs only while the client can take more, a chunk at a time, and is dropped
    /// when the client leaves: back-pressure and cancellation need nothing else. An error ends the
    /// body abnormally, so that the client can tell it from a complete one.
    ///
    /// ```
    /// use purlin_core::Body;
    ///
    /// let body = Body::produce(|out| async move {
    ///     for line in 1..=3 {
    ///         out.send(format!("{line}\n")).await;
    ///     }
    ///     Ok(())
    /// });
    /// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    /// # let mut body = body;
    /// # assert_eq!(runtime.block_on(body.collect(100)).unwrap(), "1\n2\n3\n");
    /// ```
    pub fn produce<F, Fut>(producer: F) -> Self
    where
        F: FnOnce(Chunks) -> Fut,
        Fut: Future<Output = Result<(), BoxError>> + Send + 'static,
    {
        let slot = Slot::default();
        let future = Box::pin(producer(Chunks { slot: slot.clone() }));
        Self::Stream(Box::pin(Produced { future: Some(future), slot }))
    }

    /// Keeps a value alive until the body has ended or the client has left.
    #[must_use]
    pub fn holding<T: Send + 'static>(self, value: T) -> Self {
        match self {
            Self::Stream(stream) => Self::Stream(Box::pin(Holding { stream, value: Some(value) })),
            other => other,
        }
    }

    /// Whether there is nothing left to read.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Full(bytes) => bytes.is_empty(),
            Self::Stream(stream) => stream.is_end_stream(),
        }
    }

    /// The bytes of a body that is completely in memory.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Empty => Some(&[]),
            Self::Full(bytes) => Some(bytes),
            Self::Stream(_) => None,
        }
    }

    /// The next frame, or `None` at the end.
    pub async fn frame(&mut self) -> Option<Result<Frame<Bytes>, BoxError>> {
        poll_fn(|cx| Pin::new(&mut *self).poll_frame(cx)).await
    }

    /// Reads everything, up to `limit` bytes.
    ///
    /// # Errors
    ///
    /// [`ReadError::TooLarge`] as soon as more than `limit` bytes are announced or have arrived,
    /// [`ReadError::Broken`] when the stream fails before its end.
    pub async fn collect(&mut self, limit: usize) -> Result<Bytes, ReadError> {
        if self.size_hint().lower() > limit as u64 {
            return Err(ReadError::TooLarge);
        }
        match std::mem::take(self) {
            Self::Empty => Ok(Bytes::new()),
            Self::Full(bytes) => Ok(bytes),
            Self::Stream(mut stream) => {
                let mut first = None;
                let mut rest = BytesMut::new();
                let mut total = 0usize;
                while let Some(frame) = poll_fn(|cx| stream.as_mut().poll_frame(cx)).await {
                    let Ok(data) = frame.map_err(ReadError::Broken)?.into_data() else {
                        continue;
                    };
                    total = total.saturating_add(data.len());
                    if total > limit {
                        return Err(ReadError::TooLarge);
                    }
                    // A body that arrives in one frame is handed on without a copy.
                    match first.take() {
                        None if rest.is_empty() => first = Some(data),
                        None => rest.extend_from_slice(&data),
                        Some(one) => {
                            let one: Bytes = one;
                            rest.reserve(one.len() + data.len());
                            rest.extend_from_slice(&one);
                            rest.extend_from_slice(&data);
                        }
                    }
                }
                Ok(first.unwrap_or_else(|| rest.freeze()))
            }
        }
    }
}

/// Why a body could not be read to its end.
#[derive(Debug)]
#[non_exhaustive]
pub enum ReadError {
    /// The connection or the producer failed.
    Broken(BoxError),
    /// More bytes than the limit allows.
    TooLarge,
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.get_mut();
        match this {
            Self::Empty => Poll::Ready(None),
            Self::Full(bytes) => {
                let bytes = std::mem::take(bytes);
                *this = Self::Empty;
                Poll::Ready((!bytes.is_empty()).then(|| Ok(Frame::data(bytes))))
            }
            Self::Stream(stream) => stream.as_mut().poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Empty => SizeHint::with_exact(0),
            Self::Full(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Self::Stream(stream) => stream.size_hint(),
        }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("Empty"),
            Self::Full(bytes) => f.debug_tuple("Full").field(&bytes.len()).finish(),
            Self::Stream(_) => f.write_str("Stream"),
        }
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        if bytes.is_empty() { Self::Empty } else { Self::Full(bytes) }
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Bytes::from(text).into()
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Self {
        Bytes::from_static(text.as_bytes()).into()
    }
}

impl From<&'static [u8]> for Body {
    fn from(bytes: &'static [u8]) -> Self {
        Bytes::from_static(bytes).into()
    }
}

/// Passes frames on and turns the error into [`BoxError`].
struct MapError<B>(B);

impl<B> HttpBody for MapError<B>
where
    B: HttpBody<Data = Bytes> + Unpin,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        Pin::new(&mut self.0)
            .poll_frame(cx)
            .map(|frame| frame.map(|frame| frame.map_err(Into::into)))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}

/// A stream that keeps a value alive until its end.
struct Holding<T> {
    stream: Pin<Box<dyn HttpBody<Data = Bytes, Error = BoxError> + Send>>,
    value: Option<T>,
}

// The value is never pinned, only kept.
impl<T> Unpin for Holding<T> {}

impl<T> HttpBody for Holding<T> {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let frame = self.stream.as_mut().poll_frame(cx);
        if matches!(frame, Poll::Ready(None)) {
            self.value = None;
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.stream.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.stream.size_hint()
    }
}

/// Where a producer puts its next frame and the body takes it.
type Slot = Arc<Mutex<Option<Frame<Bytes>>>>;

/// The writing end of [`Body::produce`].
#[derive(Debug)]
pub struct Chunks {
    slot: Slot,
}

impl Chunks {
    /// Sends one chunk, and returns when the client has room for the next one.
    pub async fn send(&self, chunk: impl Into<Bytes>) {
        let chunk = chunk.into();
        if !chunk.is_empty() {
            self.put(Frame::data(chunk)).await;
        }
    }

    /// Sends the trailers, which end the body.
    pub async fn trailers(self, trailers: HeaderMap) {
        self.put(Frame::trailers(trailers)).await;
    }

    /// The producer is polled by the body itself, and only when the slot is empty, so that one
    /// `Pending` is all the waiting there is; the body polls again when it is asked for more.
    async fn put(&self, frame: Frame<Bytes>) {
        *lock(&self.slot) = Some(frame);
        poll_fn(|_| if lock(&self.slot).is_some() { Poll::Pending } else { Poll::Ready(()) }).await;
    }
}

/// A producer at work.
type Producing = Pin<Box<dyn Future<Output = Result<(), BoxError>> + Send>>;

struct Produced {
    future: Option<Producing>,
    slot: Slot,
}

impl HttpBody for Produced {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let ended = match &mut self.future {
            None => return Poll::Ready(None),
            Some(future) => future.as_mut().poll(cx),
        };
        let frame = lock(&self.slot).take();
        match (frame, ended) {
            (frame, Poll::Ready(Ok(()))) => {
                self.future = None;
                Poll::Ready(frame.map(Ok))
            }
            (_, Poll::Ready(Err(error))) => {
                self.future = None;
                Poll::Ready(Some(Err(error)))
            }
            (Some(frame), Poll::Pending) => Poll::Ready(Some(Ok(frame))),
            (None, Poll::Pending) => Poll::Pending,
        }
    }
}

/// A poisoned lock only means that a producer panicked; the frame in it is still whole.
fn lock(slot: &Slot) -> MutexGuard<'_, Option<Frame<Bytes>>> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_stream_is_collected_up_to_its_limit() {
        let body = || {
            Body::produce(|out| async move {
                out.send("abc").await;
                out.send("def").await;
                Ok(())
            })
        };
        assert_eq!(body().collect(6).await.unwrap(), "abcdef");
        assert!(matches!(body().collect(5).await, Err(ReadError::TooLarge)));
    }

    #[tokio::test]
    async fn trailers_follow_the_data() {
        let mut body = Body::produce(|out| async move {
            out.send("x").await;
            out.trailers(HeaderMap::from_iter([(
                http::header::ETAG,
                http::HeaderValue::from_static("\"1\""),
            )]))
            .await;
            Ok(())
        });
        assert!(body.frame().await.unwrap().unwrap().is_data());
        assert!(body.frame().await.unwrap().unwrap().is_trailers());
        assert!(body.frame().await.is_none());
    }

    #[tokio::test]
    async fn a_producer_that_fails_breaks_the_body() {
        let mut body = Body::produce(|out| async move {
            out.send("x").await;
            Err("the source is gone".into())
        });
        assert!(matches!(body.collect(10).await, Err(ReadError::Broken(_))));
    }
}
