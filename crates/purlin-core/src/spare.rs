//! Memory that is used again: each thread keeps some of what one request has left for the next.
//!
//! Most answers need a map of header fields and a few bytes of JSON, and a request that is over has
//! had the same. Nothing of what was in them is left.

use std::cell::RefCell;

use bytes::Bytes;
use http::HeaderMap;

/// How many maps a thread keeps, and for how many fields each may have room.
const MOST: usize = 16;
const FIELDS: usize = 64;
/// Up to so many bytes are copied out of the thread's memory; more of them keep what they are in.
const SMALL: usize = 4 * 1024;

thread_local! {
    static HEADERS: RefCell<Vec<HeaderMap>> = const { RefCell::new(Vec::new()) };
    static BYTES: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// An empty map, which may have room already.
pub(crate) fn headers() -> HeaderMap {
    // A thread that ends has nothing left.
    let kept = HEADERS.try_with(|kept| kept.borrow_mut().pop());
    kept.ok().flatten().unwrap_or_default()
}

/// Keeps the room of a map for another one.
pub(crate) fn keep_headers(mut headers: HeaderMap) {
    if (1..=FIELDS).contains(&headers.capacity()) {
        headers.clear();
        let _ = HEADERS.try_with(|kept| {
            let mut kept = kept.borrow_mut();
            if kept.len() < MOST {
                kept.push(headers);
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
    BYTES.set(buffer);
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use http::header::{COOKIE, HOST};

    use super::*;

    #[test]
    fn a_map_comes_back_with_its_room_and_without_its_fields() {
        while headers().capacity() > 0 {}
        let mut used = HeaderMap::new();
        used.append(COOKIE, HeaderValue::from_static("a"));
        used.append(COOKIE, HeaderValue::from_static("b"));
        keep_headers(used);
        let again = headers();
        assert!(again.capacity() > 0 && again.is_empty(), "{again:?}");
        assert_eq!(headers().capacity(), 0);
    }

    #[test]
    fn only_some_small_maps_are_kept() {
        keep_headers(HeaderMap::with_capacity(1000));
        for _ in 0..2 * MOST {
            let mut used = HeaderMap::new();
            used.insert(HOST, HeaderValue::from_static("a"));
            keep_headers(used);
        }
        let kept = std::iter::repeat_with(headers).take_while(|headers| headers.capacity() > 0);
        assert_eq!(kept.map(|headers| assert!(headers.capacity() <= FIELDS)).count(), MOST);
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
