//! The body of a request or a response: nothing, bytes, or a stream of frames.
//!
//! A [`Body`] is an enum so that the common cases, empty and already in memory, cost no box.
//! It is an [`http_body::Body`], so any server or client of that trait can send it.

mod produce;

use std::any::Any;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use http_body::{Body as HttpBody, Frame, SizeHint};

pub use self::produce::{ChunkError, Chunks};

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

    /// As [`Body::stream`], for a body that may be one of ours already, and then stays what it is.
    pub(crate) fn of<B>(body: B) -> Self
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let mut body = Some(body);
        match (&mut body as &mut dyn Any).downcast_mut::<Option<Self>>() {
            Some(own) => own.take().unwrap_or_default(),
            None => body.map(Self::stream).unwrap_or_default(),
        }
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
    /// body abnormally, so that the client can tell it from a complete one. [`Chunks`] may also be
    /// handed on to other tasks: the body ends when the producer does.
    ///
    /// ```
    /// use purlin_core::Body;
    ///
    /// let body = Body::produce(|out| async move {
    ///     for line in 1..=3 {
    ///         out.send(format!("{line}\n")).await?;
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
        Self::Stream(Box::pin(produce::produced(producer)))
    }

    /// Says how many bytes a stream has, so that the client is told before they come. A stream that
    /// then has more or less of them breaks the answer off.
    #[must_use]
    pub fn sized(self, length: u64) -> Self {
        match self {
            Self::Stream(stream) => Self::Stream(Box::pin(Measured { stream, left: length })),
            other => other,
        }
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

/// A stream of which it is known how many bytes it has.
struct Measured {
    stream: Pin<Box<dyn HttpBody<Data = Bytes, Error = BoxError> + Send>>,
    left: u64,
}

impl HttpBody for Measured {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let frame = ready!(self.stream.as_mut().poll_frame(cx));
        let length = match &frame {
            Some(Ok(frame)) => frame.data_ref().map_or(0, |data| data.len() as u64),
            Some(Err(_)) => return Poll::Ready(frame),
            None if self.left == 0 => return Poll::Ready(None),
            None => {
                return Poll::Ready(Some(Err("a body is shorter than it was said to be".into())));
            }
        };
        match self.left.checked_sub(length) {
            Some(left) => self.left = left,
            None => {
                return Poll::Ready(Some(Err("a body is longer than it was said to be".into())));
            }
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0 && self.stream.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
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

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::*;

    #[tokio::test]
    async fn a_stream_is_collected_up_to_its_limit() {
        let body = || {
            Body::produce(|out| async move {
                out.send("abc").await?;
                out.send("def").await?;
                Ok(())
            })
        };
        assert_eq!(body().collect(6).await.unwrap(), "abcdef");
        assert!(matches!(body().collect(5).await, Err(ReadError::TooLarge)));
    }

    #[tokio::test]
    async fn trailers_follow_the_data() {
        let mut body = Body::produce(|out| async move {
            out.send("x").await?;
            out.trailers(HeaderMap::from_iter([(
                http::header::ETAG,
                http::HeaderValue::from_static("\"1\""),
            )]))
            .await?;
            Ok(())
        });
        assert!(body.frame().await.unwrap().unwrap().is_data());
        assert!(body.frame().await.unwrap().unwrap().is_trailers());
        assert!(body.frame().await.is_none());
    }

    #[tokio::test]
    async fn chunks_sent_side_by_side_and_from_other_tasks_all_arrive() {
        let mut body = Body::produce(|out| async move {
            let out = std::sync::Arc::new(out);
            let (one, two) = (out.clone(), out.clone());
            let other = tokio::spawn(async move {
                for _ in 0..3 {
                    one.send("a").await?;
                }
                Ok::<_, ChunkError>(())
            });
            let here = async {
                for _ in 0..3 {
                    two.send("b").await?;
                }
                Ok::<_, ChunkError>(())
            };
            let (here, there) = tokio::join!(here, out.send("c"));
            here?;
            there?;
            other.await??;
            Ok(())
        });
        let mut all = body.collect(100).await.unwrap().to_vec();
        all.sort_unstable();
        assert_eq!(all, b"aaabbbc");
    }

    #[tokio::test]
    async fn a_task_that_sends_to_a_client_who_left_is_told() {
        let (hand, taken) = tokio::sync::oneshot::channel();
        let body = Body::produce(|out| async move {
            let _ = hand.send(tokio::spawn(async move { while out.send("x").await.is_ok() {} }));
            std::future::pending().await
        });
        let mut body = body;
        assert!(body.frame().await.unwrap().unwrap().is_data());
        drop(body);
        taken.await.unwrap().await.unwrap();
    }

    #[tokio::test]
    async fn a_length_that_was_said_has_to_be_true() {
        let body = |length| {
            let body = Body::produce(|out| async move {
                out.send("abc").await?;
                out.send("def").await?;
                Ok(())
            });
            body.sized(length)
        };
        assert_eq!(body(6).size_hint().exact(), Some(6));
        assert_eq!(body(6).collect(6).await.unwrap(), "abcdef");
        for wrong in [0, 5, 7] {
            assert!(matches!(body(wrong).collect(10).await, Err(ReadError::Broken(_))), "{wrong}");
        }
    }

    #[tokio::test]
    async fn a_producer_that_fails_breaks_the_body() {
        let mut body = Body::produce(|out| async move {
            out.send("x").await?;
            Err("the source is gone".into())
        });
        assert!(matches!(body.collect(10).await, Err(ReadError::Broken(_))));
    }
}
