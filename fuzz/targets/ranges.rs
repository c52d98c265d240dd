//! `wanted_range` against a reading byte by byte.
//!
//! Input: the length of the representation, then lines of `Range`.

#![no_main]

use http::header::RANGE;
use http::{HeaderMap, HeaderValue};
use libfuzzer_sys::fuzz_target;
use purlin_core::{Wanted, content_range, wanted_range};
use purlin_fuzz::Sheet;

fuzz_target!(|data: &[u8]| {
    let mut sheet = Sheet::new(data);
    let Some(length) = sheet.text().and_then(|text| text.parse::<u64>().ok()) else { return };
    let mut headers = HeaderMap::new();
    for line in sheet.block() {
        let Ok(value) = HeaderValue::from_bytes(line) else { return };
        headers.append(RANGE, value);
    }
    let wanted = wanted_range(&headers, length);
    check(&wanted, length);
    let mut lines = headers.get_all(RANGE).iter();
    let expected = match (lines.next(), lines.next()) {
        (Some(line), None) => naive(line.as_bytes(), length),
        _ => Some(Wanted::Whole),
    };
    if let Some(expected) = expected {
        assert_eq!(wanted, expected, "{headers:?} of {length}");
    }
});

/// What holds for every header.
fn check(wanted: &Wanted, length: u64) {
    let Wanted::Parts(parts) = wanted else { return };
    assert!(!parts.is_empty() && parts.len() <= 16, "{parts:?}");
    for (index, part) in parts.iter().enumerate() {
        assert!(part.start < part.end && part.end <= length, "{part:?} of {length}");
        let apart =
            |other: &std::ops::Range<u64>| other.end <= part.start || part.end <= other.start;
        assert!(parts[..index].iter().all(apart), "{parts:?}");
        let text = content_range(Some(part), length);
        assert_eq!(text, format!("bytes {}-{}/{length}", part.start, part.end - 1));
    }
}

/// RFC 9110 §14.1.2, for headers that keep to its grammar; of others, only that they are no range.
fn naive(line: &[u8], length: u64) -> Option<Wanted> {
    let Ok(line) = std::str::from_utf8(line) else { return Some(Wanted::Whole) };
    let Some((unit, list)) = line.split_once('=') else { return Some(Wanted::Whole) };
    if !unit.eq_ignore_ascii_case("bytes") {
        return Some(Wanted::Whole);
    }
    // Whether empty members of the list count is for the recipient to say (§5.6.1).
    let specs: Vec<&str> = list.split(',').map(|spec| spec.trim_matches([' ', '\t'])).collect();
    let specs: Vec<&str> = specs.into_iter().filter(|spec| !spec.is_empty()).collect();
    if specs.is_empty() || specs.len() > 16 {
        return Some(Wanted::Whole);
    }
    let mut parts = Vec::new();
    for spec in specs {
        match positions(spec)? {
            None => return Some(Wanted::Whole),
            Some((first, last)) => parts.push(bounded(first, last, length)),
        }
    }
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    for (index, part) in parts.iter().enumerate() {
        if parts[..index].iter().any(|other| part.start < other.end && other.start < part.end) {
            return Some(Wanted::Whole);
        }
    }
    Some(if parts.is_empty() { Wanted::Unsatisfiable } else { Wanted::Parts(parts) })
}

/// First and last position, either of which may be missing; `Some(None)` for what is no range, and
/// `None` for numbers that this reading cannot hold.
#[expect(clippy::type_complexity, reason = "it is read in one place")]
#[expect(clippy::option_option, reason = "not known is not the same as none")]
fn positions(spec: &str) -> Option<Option<(Option<u128>, Option<u128>)>> {
    let Some((first, last)) = spec.split_once('-') else { return Some(None) };
    let number = |text: &str| match text {
        "" => Some(Ok(None)),
        text if !text.bytes().all(|byte| byte.is_ascii_digit()) => Some(Err(())),
        // Beyond every file; which of two such is larger matters to nobody.
        text => text.parse::<u128>().ok().map(|number| Ok(Some(number.min(u64::MAX.into())))),
    };
    Some(match (number(first)?, number(last)?) {
        (Ok(None), Ok(None)) | (Err(()), _) | (_, Err(())) => None,
        (Ok(Some(first)), Ok(Some(last))) if last < first => None,
        (Ok(first), Ok(last)) => Some((first, last)),
    })
}

/// The bytes that there are of what is asked for.
fn bounded(first: Option<u128>, last: Option<u128>, length: u64) -> Option<std::ops::Range<u64>> {
    let length = u128::from(length);
    let (start, end) = match (first, last) {
        (Some(first), Some(last)) => (first, length.min(last.saturating_add(1))),
        (Some(first), None) => (first, length),
        (None, suffix) => (length.saturating_sub(suffix.unwrap_or_default()), length),
    };
    let small = |number: u128| u64::try_from(number).expect("it lies within the length");
    (start < end).then(|| small(start)..small(end))
}
