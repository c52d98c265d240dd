//! Several ranges of one file in one answer: `multipart/byteranges` (RFC 9110 §14.6).

use std::ops::Range;

use bytes::Bytes;
use http::HeaderValue;
use purlin_core::content_range;

use crate::reading::Part;

/// The ranges with the lines between them, and the media type of the whole. The boundary is made
/// from the entity tag of the file, so that the same request has the same answer.
pub(crate) fn several(
    ranges: Vec<Range<u64>>,
    length: u64,
    kind: &HeaderValue,
    boundary: &str,
) -> (Vec<Part>, HeaderValue) {
    let kind = kind.to_str().unwrap_or("application/octet-stream");
    let mut parts = Vec::with_capacity(ranges.len() * 2 + 1);
    for (index, range) in ranges.into_iter().enumerate() {
        let before = if index == 0 { "" } else { "\r\n" };
        let place = content_range(Some(&range), length);
        let place = place.to_str().unwrap_or_default();
        let head = format!(
            "{before}--{boundary}\r\ncontent-type: {kind}\r\ncontent-range: {place}\r\n\r\n"
        );
        parts.push(Part::Text(head.into()));
        parts.push(Part::Bytes(range));
    }
    parts.push(Part::Text(Bytes::from(format!("\r\n--{boundary}--\r\n"))));
    let kind = format!("multipart/byteranges; boundary={boundary}");
    (parts, HeaderValue::try_from(kind).expect("a boundary is hexadecimal digits"))
}
