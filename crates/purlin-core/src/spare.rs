//! Memory that is used again: each thread keeps some of what one request has left for the next.
//!
//! Most answers need a box, a map of header fields and a few bytes of JSON, and those before them
//! have had the same. Nothing of what was in them is left.

use std::cell::RefCell;
use std::mem;

use bytes::Bytes;
use http::{HeaderMap, Response};

use crate::body::Body;

/// How many responses a thread keeps, and for how many fields each may have room.
const MOST: usize = 16;
const FIELDS: usize = 64;
/// Up to so many bytes are copied out of the thread's memory; more of them keep what they are in.
const SMALL: usize = 4 * 1024;

thread_local! {
    #[expect(clippy::vec_box, reason = "the boxes are what is kept")]
    static RESPONSES: RefCell<Vec<Box<Response<Body>>>> = const { RefCell::new(Vec::new()) };
    static BYTES: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// An empty response, which may have room for fields already.
pub(crate) fn response() -> Box<Response<Body>> {
    // A thread that ends has nothing left.
    let kept = RESPONSES.try_with(|kept| kept.borrow_mut().pop());
    kept.ok().flatten().unwrap_or_default()
}

/// Takes a response out of its memory, which is kept for another one, and gives it another body.
pub(crate) fn take_response<B>(
    mut response: Box<Response<Body>>,
    body: impl FnOnce(Body) -> B,
) -> Response<B> {
    let mut taken = Response::new(body(mem::take(response.body_mut())));
    mem::swap(taken.status_mut(), response.status_mut());
    mem::swap(taken.version_mut(), response.version_mut());
    mem::swap(taken.headers_mut(), response.headers_mut());
    mem::swap(taken.extensions_mut(), response.extensions_mut());
    keep_response(response);
    taken
}

/// Keeps the memory of a response that is empty.
fn keep_response(response: Box<Response<Body>>) {
    let _ = RESPONSES.try_with(|kept| {
        let mut kept = kept.borrow_mut();
        if kept.len() < MOST {
            kept.push(response);
        }
    });
}

/// Keeps the room of a request's fields for those of an answer. A request is over when its answer
/// has been taken, so that the response that was kept last is the one that has no room.
pub(crate) fn keep_headers(headers: &mut HeaderMap) {
    if (1..=FIELDS).contains(&headers.capacity()) {
        headers.clear();
        let _ = RESPONSES.try_with(|kept| {
            let mut kept = kept.borrow_mut();
            let roomless = kept.last_mut().filter(|last| last.headers().capacity() == 0);
            if let Some(response) = roomless {
                mem::swap(response.headers_mut(), headers);
            }
        });
    }
}

/// The bytes that `write` writes.
///
/// # Errors
///
/// Those of `write`.
pub(crate) fn written<E>(write: impl FnOnce(&mut Vec<u8>) -> Result<(), E>) -> Result<Bytes, E> {
    // `write` may be code of the application, and come here again: it has the memory to itself.
    let mut buffer = BYTES.take();
    buffer.clear();
    write(&mut buffer)?;
    if buffer.len() > SMALL {
        return Ok(buffer.into());
    }
    let bytes = Bytes::copy_from_slice(&buffer);
    // `set` would look whether the thread has the memory yet, as `take` did.
    BYTES.with_borrow_mut(|kept| *kept = buffer);
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use http::header::{COOKIE, HOST};
    use http::{HeaderValue, StatusCode};

    use super::*;

    fn kept() -> impl Iterator<Item = Box<Response<Body>>> {
        std::iter::from_fn(|| RESPONSES.with_borrow_mut(Vec::pop))
    }

    #[test]
    fn a_response_comes_back_with_room_and_without_anything_else() {
        let mut first = Box::new(Response::new(Body::from("text")));
        *first.status_mut() = StatusCode::NOT_FOUND;
        first.headers_mut().insert(HOST, HeaderValue::from_static("a"));
        first.extensions_mut().insert(1);
        let taken = take_response(first, |body| body);
        assert_eq!((taken.status(), taken.headers().len()), (StatusCode::NOT_FOUND, 1));
        let mut used = HeaderMap::new();
        used.append(COOKIE, HeaderValue::from_static("a"));
        used.append(COOKIE, HeaderValue::from_static("b"));
        keep_headers(&mut used);
        let again = response();
        assert!(again.headers().capacity() > 0 && again.headers().is_empty(), "{again:?}");
        assert!(again.body().is_empty() && again.extensions().is_empty(), "{again:?}");
        assert_eq!(again.status(), StatusCode::OK);
        assert_eq!(response().headers().capacity(), 0);
    }

    #[test]
    fn only_some_with_little_room_are_kept() {
        take_response(Box::default(), drop);
        keep_headers(&mut HeaderMap::with_capacity(1000));
        assert_eq!(kept().map(|kept| assert!(kept.headers().capacity() == 0)).count(), 1);
        for _ in 0..2 * MOST {
            take_response(Box::default(), drop);
            let mut used = HeaderMap::new();
            used.insert(HOST, HeaderValue::from_static("a"));
            keep_headers(&mut used);
        }
        let with_room = kept().filter(|kept| (1..=FIELDS).contains(&kept.headers().capacity()));
        assert_eq!(with_room.count(), MOST);
    }

    #[test]
    fn what_is_written_is_its_own_also_within_another_writing() {
        let outer = written::<()>(|buffer| {
            buffer.extend(b"outer ");
            let inner = written::<()>(|buffer| {
                buffer.extend(b"inner");
                Ok(())
            });
            buffer.extend(inner?);
            Ok(())
        });
        let large = written::<()>(|buffer| {
            buffer.resize(SMALL + 1, b'x');
            Ok(())
        });
        assert_eq!(outer, Ok(Bytes::from("outer inner")));
        assert_eq!(large.map(|large| large.len()), Ok(SMALL + 1));
        assert_eq!(written(|_| Err("no")), Err("no"));
    }
}
