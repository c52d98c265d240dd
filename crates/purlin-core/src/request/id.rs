//! The id of a request: in its answer, in its problem document and in every line of the log.

use std::cell::Cell;
use std::fmt;
use std::hash::{BuildHasher, Hasher, RandomState};

use http::{HeaderMap, HeaderName, HeaderValue};

/// The header that carries the id, both ways.
pub(crate) const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id that is taken over from a client.
const LONGEST: usize = 64;

/// The id of a request.
///
/// A client, or a proxy in front, may bring one in `X-Request-Id`; it is taken over when it has at
/// most 64 letters, digits, `-`, `_` or `.`. Otherwise one is made, unique within the process and
/// random between processes; making one costs no allocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(Kind);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Brought(HeaderValue),
    Made(u64, u64),
}

impl RequestId {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        match headers.get(&HEADER) {
            Some(value) if acceptable(value.as_bytes()) => Self(Kind::Brought(value.clone())),
            _ => Self::make(),
        }
    }

    fn make() -> Self {
        thread_local! {
            static SEED: u64 = RandomState::new().build_hasher().finish();
            static NEXT: Cell<u64> = const { Cell::new(0) };
        }
        let count = NEXT.get();
        NEXT.set(count.wrapping_add(1));
        Self(Kind::Made(SEED.with(|seed| *seed), count))
    }

    pub(crate) fn to_header(&self) -> HeaderValue {
        match &self.0 {
            Kind::Brought(value) => value.clone(),
            Kind::Made(seed, count) => HeaderValue::from_bytes(&digits(*seed, *count))
                .expect("an id that was made is hexadecimal digits"),
        }
    }
}

fn acceptable(id: &[u8]) -> bool {
    !id.is_empty()
        && id.len() <= LONGEST
        && id.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

/// An id that was made, as 32 hexadecimal digits.
fn digits(seed: u64, count: u64) -> [u8; 32] {
    // The count is spread over all digits, so that neighbours do not look alike.
    let spread = seed.wrapping_add(count).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let number = u128::from(seed) << 64 | u128::from(spread ^ (spread >> 29));
    std::array::from_fn(|at| b"0123456789abcdef"[(number >> (124 - 4 * at)) as usize & 0xf])
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Brought(value) => f.write_str(value.to_str().unwrap_or_default()),
            Kind::Made(seed, count) => {
                f.write_str(std::str::from_utf8(&digits(*seed, *count)).unwrap_or_default())
            }
        }
    }
}
