//! Content negotiation: `Accept` against a reading of RFC 9110 §12.5.1 for fields that keep to its
//! grammar.
//!
//! Input: what there is, parted by spaces, then lines of `Accept`.

#![no_main]

use http::header::ACCEPT;
use http::{HeaderMap, HeaderValue};
use libfuzzer_sys::fuzz_target;
use purlin_core::Accept;
use purlin_fuzz::Sheet;

fuzz_target!(|data: &[u8]| {
    let mut sheet = Sheet::new(data);
    let Some(offers) = sheet.text() else { return };
    let offers: Vec<&str> = offers.split(' ').collect();
    let mut headers = HeaderMap::new();
    for line in sheet.block() {
        let Ok(value) = HeaderValue::from_bytes(line) else { return };
        headers.append(ACCEPT, value);
    }
    let accept = Accept::of(&headers);
    first_of_the_best(&accept, &offers);
    let Some(ranges) = ranges(&headers) else { return };
    for offer in offers.iter().filter(|offer| is_media_type(offer)) {
        let (quality, allowed) = (accept.quality(offer), qualities(&ranges, offer));
        assert!(allowed.contains(&quality), "{offer}: {quality}, not of {allowed:?}; {headers:?}");
    }
});

/// The first of those that are wanted most, and none that is not wanted.
fn first_of_the_best(accept: &Accept, offers: &[&str]) {
    let mut expected = None;
    let mut most = 0;
    for offer in offers {
        let quality = accept.quality(offer);
        assert!(quality <= 1000, "{quality}");
        if quality > most {
            (expected, most) = (Some(*offer), quality);
        }
    }
    assert_eq!(accept.best(offers), expected, "{accept:?}");
}

struct Range {
    kind: String,
    subtype: String,
    quality: u16,
}

/// The ranges of all lines; `None` where one does not keep to the grammar, or there is none.
fn ranges(headers: &HeaderMap) -> Option<Vec<Range>> {
    let lines = headers.get_all(ACCEPT).iter().map(|line| line.to_str().ok());
    let field = lines.collect::<Option<Vec<_>>>()?.join(",");
    let members = field.split(',').map(|member| member.trim_matches([' ', '\t']));
    let members: Vec<&str> = members.filter(|member| !member.is_empty()).collect();
    if members.is_empty() || field.matches(',').count() >= 64 {
        return None;
    }
    members.into_iter().map(range).collect()
}

fn range(member: &str) -> Option<Range> {
    let (range, weight) = match member.split_once(';') {
        Some((range, weight)) => (range.trim_end_matches([' ', '\t']), Some(weight)),
        None => (member, None),
    };
    let (kind, subtype) = range.split_once('/')?;
    if !is_token(kind) || !is_token(subtype) || kind == "*" && subtype != "*" {
        return None;
    }
    let quality = match weight {
        Some(weight) => quality(weight.trim_start_matches([' ', '\t']))?,
        None => 1000,
    };
    Some(Range { kind: kind.to_lowercase(), subtype: subtype.to_lowercase(), quality })
}

/// `weight` of §12.4.2, in thousandths.
fn quality(weight: &str) -> Option<u16> {
    let value = weight.strip_prefix("q=").or_else(|| weight.strip_prefix("Q="))?;
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let is_number = fraction.len() <= 3 && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let thousandths: u16 = format!("{fraction:0<3}").parse().ok().filter(|_| is_number)?;
    match (whole, thousandths) {
        ("0", thousandths) => Some(thousandths),
        ("1", 0) => Some(1000),
        _ => None,
    }
}

/// What the most specific ranges say; of two that are the same, either may be meant.
fn qualities(ranges: &[Range], offer: &str) -> Vec<u16> {
    let offer = offer.to_lowercase();
    let (kind, subtype) = offer.split_once('/').expect("it is a media type");
    for specificity in 0..3 {
        let covers = |range: &&Range| match specificity {
            0 => range.kind == kind && range.subtype == subtype,
            1 => range.kind == kind && range.subtype == "*",
            _ => range.kind == "*",
        };
        let found: Vec<u16> = ranges.iter().filter(covers).map(|range| range.quality).collect();
        if !found.is_empty() {
            return found;
        }
    }
    vec![0]
}

fn is_media_type(offer: &str) -> bool {
    let is_plain = |part: &str| is_token(part) && part != "*";
    offer.split_once('/').is_some_and(|(kind, subtype)| is_plain(kind) && is_plain(subtype))
}

/// §5.6.2.
fn is_token(text: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_letter)
}
