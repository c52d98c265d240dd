//! Reads a file in pieces, on the blocking pool, when somebody wants the next one.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::task::JoinHandle;

/// How much is read at a time, and so held in memory for one answer.
const PIECE: u64 = 64 * 1024;

/// Runs something that blocks.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(io::Error::other(error)))
}

/// What is to be sent, one after the other.
#[derive(Debug)]
pub(crate) enum Part {
    Text(Bytes),
    Bytes(Range<u64>),
}

impl Part {
    pub(crate) fn length(&self) -> u64 {
        match self {
            Self::Text(text) => text.len() as u64,
            Self::Bytes(range) => range.end - range.start,
        }
    }
}

/// The body of an answer from a file.
pub(crate) struct Reading {
    state: State,
    parts: VecDeque<Part>,
    left: u64,
}

enum State {
    Idle(File),
    Reading(JoinHandle<io::Result<(File, Bytes)>>),
    Over,
}

impl Reading {
    pub(crate) fn new(file: File, parts: impl IntoIterator<Item = Part>) -> Self {
        let parts: VecDeque<Part> = parts.into_iter().filter(|part| part.length() > 0).collect();
        let left = parts.iter().map(Part::length).sum();
        Self { state: State::Idle(file), parts, left }
    }

    /// The next piece, where it is known without reading; else begins to read it.
    fn begin(&mut self) -> Option<Bytes> {
        let part = self.parts.pop_front()?;
        let range = match part {
            Part::Text(text) => return Some(text),
            Part::Bytes(range) => range,
        };
        let end = range.end.min(range.start.saturating_add(PIECE));
        if end < range.end {
            self.parts.push_front(Part::Bytes(end..range.end));
        }
        if let State::Idle(file) = std::mem::replace(&mut self.state, State::Over) {
            let piece = range.start..end;
            self.state = State::Reading(tokio::task::spawn_blocking(move || read(file, &piece)));
        }
        None
    }
}

fn read(mut file: File, range: &Range<u64>) -> io::Result<(File, Bytes)> {
    let length = range.end - range.start;
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
    file.seek(SeekFrom::Start(range.start))?;
    (&mut file).take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == length {
        return Ok((file, bytes.into()));
    }
    // What was promised cannot be sent: the answer breaks off, and the client can tell.
    Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the file became shorter while it was sent"))
}

impl Body for Reading {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let this = self.get_mut();
        loop {
            let bytes = match &mut this.state {
                State::Reading(reading) => match ready!(Pin::new(reading).poll(cx)) {
                    Ok(Ok((file, bytes))) => {
                        this.state = State::Idle(file);
                        bytes
                    }
                    Ok(Err(error)) => {
                        this.state = State::Over;
                        return Poll::Ready(Some(Err(error)));
                    }
                    Err(error) => {
                        this.state = State::Over;
                        return Poll::Ready(Some(Err(io::Error::other(error))));
                    }
                },
                State::Idle(_) if !this.parts.is_empty() => match this.begin() {
                    Some(text) => text,
                    None => continue,
                },
                State::Idle(_) | State::Over => return Poll::Ready(None),
            };
            this.left = this.left.saturating_sub(bytes.len() as u64);
            return Poll::Ready(Some(Ok(Frame::data(bytes))));
        }
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
