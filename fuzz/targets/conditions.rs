//! Conditional requests: `Validators` and `ETag` against a reading of RFC 9110 §13 for fields that
//! keep to its grammar.
//!
//! Input: the entity tag that there is, when it was modified in seconds, then a request.

#![no_main]

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::{HeaderMap, Method};
use libfuzzer_sys::fuzz_target;
use purlin_core::{ETag, Judged, Validators, http_date};
use purlin_fuzz::{Sheet, request};

/// The last second of the year 9999.
const LAST: u64 = 253_402_300_799;

fuzz_target!(|data: &[u8]| {
    let mut sheet = Sheet::new(data);
    let (Some(tag), Some(modified)) = (sheet.text(), sheet.text()) else { return };
    let Some(request) = request(sheet) else { return };
    let state = State { tag: own_tag(tag), modified: modified.parse().ok().filter(|s| *s <= LAST) };
    let validators = state.validators();
    survives_the_wire(&validators);
    judge(&state, &validators, request.method(), request.headers());
    allow(&state, &validators, request.headers());
});

/// What is compared with: a tag, whether it is weak, and a second.
struct State<'a> {
    tag: Option<(bool, &'a str)>,
    modified: Option<u64>,
}

impl State<'_> {
    fn validators(&self) -> Validators {
        let mut validators = Validators::default();
        if let Some((is_weak, text)) = self.tag {
            let tag = if is_weak { ETag::weak(text) } else { ETag::strong(text) };
            validators = validators.etag(tag.expect("it was checked"));
        }
        match self.modified {
            Some(seconds) => validators.modified(moment(seconds)),
            None => validators,
        }
    }
}

fn moment(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

/// RFC 9110 §8.8.3, less the bytes that are not ASCII.
fn is_tag(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'!' | b'#'..=b'~'))
}

fn own_tag(line: &str) -> Option<(bool, &str)> {
    let (is_weak, text) = match line.strip_prefix("W/") {
        Some(text) => (true, text),
        None => (false, line),
    };
    assert_eq!(ETag::strong(text).is_ok(), is_tag(text), "{text:?}");
    (!line.is_empty() && is_tag(text)).then_some((is_weak, text))
}

/// What is written into a response is read back from it.
fn survives_the_wire(validators: &Validators) {
    let mut headers = HeaderMap::new();
    validators.write_to(&mut headers);
    assert_eq!(&Validators::of_headers(&headers), validators, "{headers:?}");
}

fn judge(state: &State<'_>, validators: &Validators, method: &Method, headers: &HeaderMap) {
    let judged = validators.judge(method, headers);
    let reads = matches!(*method, Method::GET | Method::HEAD);
    assert!(reads || judged != Judged::NotModified, "{method} {headers:?}");
    if let Some(expected) = naive(state, reads, headers) {
        assert_eq!(judged, expected, "{method} {headers:?} {validators:?}");
    }
}

/// RFC 9110 §13.2.2; `None` where a field does not keep to its grammar.
fn naive(state: &State<'_>, reads: bool, headers: &HeaderMap) -> Option<Judged> {
    if headers.contains_key("if-match") {
        let is_strong =
            |(is_weak, text): (bool, &str)| !is_weak && state.tag == Some((false, text));
        if !any(&field(headers, "if-match")?, is_strong)? {
            return Some(Judged::Failed);
        }
    } else if headers.contains_key("if-unmodified-since") && state.modified.is_some() {
        let since = seconds(&one(headers, "if-unmodified-since")?)?;
        if state.modified.is_some_and(|modified| modified > since) {
            return Some(Judged::Failed);
        }
    }
    if headers.contains_key("if-none-match") {
        let is_same = |(_, text): (bool, &str)| state.tag.is_some_and(|(_, own)| own == text);
        let is_known = any(&field(headers, "if-none-match")?, is_same)?;
        return Some(match is_known {
            true if reads => Judged::NotModified,
            true => Judged::Failed,
            false => Judged::Proceed,
        });
    }
    if reads && headers.contains_key("if-modified-since") && state.modified.is_some() {
        let since = seconds(&one(headers, "if-modified-since")?)?;
        if state.modified.is_some_and(|modified| modified <= since) {
            return Some(Judged::NotModified);
        }
    }
    Some(Judged::Proceed)
}

fn allow(state: &State<'_>, validators: &Validators, headers: &HeaderMap) {
    let allowed = validators.allow_range(headers);
    if !headers.contains_key("if-range") {
        assert!(allowed);
        return;
    }
    let Some(line) = one(headers, "if-range") else { return };
    let expected = if let Some(since) = seconds(&line) {
        state.modified == Some(since)
    } else {
        match tags(&line).as_deref() {
            // One tag, and no list of one (§13.1.5).
            _ if line.contains(',') => return,
            Some([(false, tag)]) => state.tag == Some((false, tag)),
            Some([(true, _)]) => false,
            _ => return,
        }
    };
    assert_eq!(allowed, expected, "{headers:?} {validators:?}");
}

/// All lines of a field as one (§5.3).
fn field(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all(name).iter().map(|line| line.to_str().ok());
    Some(lines.collect::<Option<Vec<_>>>()?.join(", "))
}

/// The only line of a field.
fn one(headers: &HeaderMap, name: &str) -> Option<String> {
    let mut lines = headers.get_all(name).iter();
    let line = lines.next()?.to_str().ok()?.to_owned();
    lines.next().is_none().then_some(line)
}

fn any(field: &str, is_same: impl Fn((bool, &str)) -> bool) -> Option<bool> {
    if field == "*" {
        return Some(true);
    }
    Some(tags(field)?.into_iter().any(is_same))
}

/// `#entity-tag`, with empty members (§5.6.1.2).
fn tags(mut text: &str) -> Option<Vec<(bool, &str)>> {
    let mut found = Vec::new();
    loop {
        text = text.trim_start_matches([' ', '\t']);
        if let Some(rest) = text.strip_prefix(',') {
            text = rest;
            continue;
        }
        if text.is_empty() {
            return (!found.is_empty()).then_some(found);
        }
        let is_weak = text.starts_with("W/");
        let rest = text.strip_prefix("W/").unwrap_or(text).strip_prefix('"')?;
        let (tag, rest) = rest.split_once('"')?;
        if !is_tag(tag) {
            return None;
        }
        found.push((is_weak, tag));
        text = rest.trim_start_matches([' ', '\t']);
        if !text.is_empty() && !text.starts_with(',') {
            return None;
        }
    }
}

/// An IMF-fixdate (§5.6.7): one that is written again as it was.
fn seconds(text: &str) -> Option<u64> {
    const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<u64>().ok();
    let month = MONTHS.find(text.get(8..11)?).filter(|at| at % 3 == 0)? as u64 / 3 + 1;
    let (day, year) = (number(5..7)?, number(12..16)?);
    let (hour, minute, second) = (number(17..19)?, number(20..22)?, number(23..25)?);
    if year < 1970 || day == 0 {
        return None;
    }
    // Days from 1970-01-01, where the year begins in March.
    let shifted = if month > 2 { year } else { year - 1 };
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + of_year;
    let seconds = (days - 719_468) * 86_400 + hour * 3_600 + minute * 60 + second;
    (http_date(moment(seconds)) == text).then_some(seconds)
}
