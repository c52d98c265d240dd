//! Large pieces of an answer, cut to what the protocol copies at a time.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use purlin_core::{Body, BoxError};

use crate::shared::BUFFER;

/// Hands a body on in pieces of at most [`BUFFER`] bytes: the protocol puts head and body together
/// in a buffer that it keeps, and that must not become as large as the answers are.
pub(crate) fn portioned(body: Body) -> Body {
    match body {
        Body::Full(bytes) if bytes.len() > BUFFER => {
            Body::unpinned(Portions { body: Body::Empty, rest: bytes })
        }
        Body::Stream(_) => Body::unpinned(Portions { body, rest: Bytes::new() }),
        small => small,
    }
}

struct Portions {
    body: Body,
    /// What is left of a piece that was too large.
    rest: Bytes,
}

impl Portions {
    fn next(&mut self, mut piece: Bytes) -> Bytes {
        if piece.len() > BUFFER {
            self.rest = piece.split_off(BUFFER);
        }
        piece
    }
}

impl HttpBody for Portions {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.get_mut();
        if !this.rest.is_empty() {
            let rest = std::mem::take(&mut this.rest);
            return Poll::Ready(Some(Ok(Frame::data(this.next(rest)))));
        }
        let frame = ready!(Pin::new(&mut this.body).poll_frame(cx)?);
        Poll::Ready(frame.map(|frame| Ok(frame.map_data(|piece| this.next(piece)))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (left, rest) = (self.body.size_hint(), self.rest.len() as u64);
        let mut hint = SizeHint::new();
        hint.set_lower(left.lower() + rest);
        if let Some(upper) = left.upper() {
            hint.set_upper(upper + rest);
        }
        hint
    }
}
