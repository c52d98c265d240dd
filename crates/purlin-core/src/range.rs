//! Ranges: which parts of a representation does the client want? (RFC 9110 §14)

use std::ops::Range;

use http::header::RANGE;
use http::{HeaderMap, HeaderValue};

/// How many ranges one request may ask for. More are a sign of harm rather than of need
/// (RFC 9110 §17.15), and the whole is sent instead.
const MOST: usize = 16;

/// What of a representation is to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Wanted {
    /// Some of its bytes, in the order of the request, none of them twice: 206.
    Parts(Vec<Range<u64>>),
    /// None of the bytes that are wanted exist: 416.
    Unsatisfiable,
    /// All of it: 200.
    Whole,
}

/// What the `Range` of a request wants of `length` bytes.
///
/// What cannot be read, another unit than bytes, more than 16 ranges, and ranges that overlap are
/// answered as if there were no `Range` (RFC 9110 §14.2). Only GET has ranges, and only when
/// [`Validators::allow_range`](crate::Validators::allow_range): the caller looks at both.
///
/// ```
/// use http::HeaderMap;
/// use purlin_core::{Wanted, wanted_range};
///
/// let mut headers = HeaderMap::new();
/// headers.insert("range", "bytes=-100".parse().unwrap());
/// assert_eq!(wanted_range(&headers, 1000), Wanted::Parts(vec![900..1000]));
/// ```
pub fn wanted_range(headers: &HeaderMap, length: u64) -> Wanted {
    let mut lines = headers.get_all(RANGE).iter();
    let (Some(line), None) = (lines.next(), lines.next()) else { return Wanted::Whole };
    let line = line.to_str().unwrap_or_default();
    let Some((unit, list)) = line.split_once('=') else { return Wanted::Whole };
    if !unit.eq_ignore_ascii_case("bytes") {
        return Wanted::Whole;
    }
    let mut parts: Vec<Range<u64>> = Vec::new();
    let mut count = 0;
    for spec in list.split(',').map(|spec| spec.trim_matches([' ', '\t'])) {
        if spec.is_empty() {
            continue;
        }
        count += 1;
        let Some(range) = read(spec, length) else { return Wanted::Whole };
        if count > MOST || parts.iter().any(|part| overlap(part, &range)) {
            return Wanted::Whole;
        }
        if !range.is_empty() {
            parts.push(range);
        }
    }
    match (count, parts.len()) {
        (0, _) => Wanted::Whole,
        (_, 0) => Wanted::Unsatisfiable,
        _ => Wanted::Parts(parts),
    }
}

/// `Content-Range` of a part, or of none of `length` bytes.
pub fn content_range(part: Option<&Range<u64>>, length: u64) -> HeaderValue {
    let text = match part {
        Some(part) => format!("bytes {}-{}/{length}", part.start, part.end.saturating_sub(1)),
        None => format!("bytes */{length}"),
    };
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("bytes */*"))
}

/// One `first-last`, `first-` or `-suffix`; an empty range is one that does not exist here.
fn read(spec: &str, length: u64) -> Option<Range<u64>> {
    let (first, last) = spec.split_once('-')?;
    if first.is_empty() {
        let suffix = number(last)?;
        return Some(length.saturating_sub(suffix)..length);
    }
    let first = number(first)?;
    let end = match last {
        "" => length,
        last => {
            let last = number(last)?;
            if last < first {
                return None;
            }
            last.saturating_add(1).min(length)
        }
    };
    Some(first.min(end)..end)
}

/// Digits only; a number too large for us is too large for every file, too.
fn number(text: &str) -> Option<u64> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().unwrap_or(u64::MAX))
}

fn overlap(one: &Range<u64>, other: &Range<u64>) -> bool {
    !other.is_empty() && one.start < other.end && other.start < one.end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(range: &str) -> Wanted {
        let mut headers = HeaderMap::new();
        headers.insert(RANGE, range.parse().unwrap());
        wanted_range(&headers, 1000)
    }

    #[test]
    fn parts_are_cut_to_what_there_is() {
        for (range, part) in [
            ("bytes=0-99", 0..100),
            ("Bytes=0-0", 0..1),
            ("bytes=500-", 500..1000),
            ("bytes=999-5000", 999..1000),
            ("bytes=-1", 999..1000),
            ("bytes=-5000", 0..1000),
            ("bytes=0-99999999999999999999999", 0..1000),
            ("bytes= 1-2 ,", 1..3),
            ("bytes=1-2,1000-", 1..3),
        ] {
            assert_eq!(wanted(range), Wanted::Parts(vec![part]), "{range}");
        }
        assert_eq!(wanted("bytes=5-6,0-1"), Wanted::Parts(vec![5..7, 0..2]));
    }

    #[test]
    fn what_lies_behind_the_end_cannot_be_had() {
        for range in ["bytes=1000-", "bytes=1000-1001", "bytes=-0", "bytes=5000-,-0"] {
            assert_eq!(wanted(range), Wanted::Unsatisfiable, "{range}");
        }
        assert_eq!(content_range(None, 1000), "bytes */1000");
        assert_eq!(content_range(Some(&(0..100)), 1000), "bytes 0-99/1000");
    }

    #[test]
    fn what_makes_no_sense_is_not_a_range() {
        let many = format!("bytes={}", vec!["1-1"; 17].join(","));
        let spread = (0..17).map(|at| format!("{at}-{at}")).collect::<Vec<_>>().join(",");
        let spread = format!("bytes={spread}");
        for range in [
            "bytes",
            "bytes=",
            "bytes=,",
            "bytes=a-b",
            "bytes=5-4",
            "bytes=-",
            "items=0-1",
            "bytes=+1-2",
            "bytes=0x1-2",
            "bytes=0-5,3-9",
            "bytes=0-5,x",
            &many,
            &spread,
        ] {
            assert_eq!(wanted(range), Wanted::Whole, "{range}");
        }
    }

    #[test]
    fn an_empty_representation_has_no_part() {
        let mut headers = HeaderMap::new();
        headers.insert(RANGE, "bytes=0-".parse().unwrap());
        assert_eq!(wanted_range(&headers, 0), Wanted::Unsatisfiable);
    }
}
