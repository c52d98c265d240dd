//! Formats: what `format` asks of a text, and the range of the integer type behind a number.
//!
//! A format that is not listed here asks for nothing. The shapes of dates and times are those of
//! RFC 3339, read with the leniency that the usual crates share (a space for the `T`, an offset
//! without minutes).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What the text should have been, if it is not in the format.
pub(crate) fn misses(format: &str, text: &str) -> Option<&'static str> {
    let (fits, expected) = match format {
        "date" => (is_date(text), "a date like 2026-01-31"),
        "date-time" => (is_date_time(text, is_offset), "a date and time like 2026-01-31T12:00:00Z"),
        "partial-date-time" => {
            (is_date_time(text, str::is_empty), "a date and time like 2026-01-31T12:00:00")
        }
        "time" => (is_time(text, is_offset), "a time like 12:00:00Z"),
        "partial-time" => (is_time(text, str::is_empty), "a time like 12:00:00"),
        "uuid" => (is_uuid(text), "a UUID like 123e4567-e89b-12d3-a456-426614174000"),
        "email" => (
            garde::rules::email::parse_email(text).is_ok(),
            "an email address like name@example.org",
        ),
        "uri" => (is_uri(text), "an address like https://example.org/"),
        "ip" => (text.parse::<IpAddr>().is_ok(), "an IP address like 192.0.2.1"),
        "ipv4" => (text.parse::<Ipv4Addr>().is_ok(), "an IPv4 address like 192.0.2.1"),
        "ipv6" => (text.parse::<Ipv6Addr>().is_ok(), "an IPv6 address like 2001:db8::1"),
        _ => return None,
    };
    (!fits).then_some(expected)
}

/// The least and the greatest value of an integer type, by the name schemars gives it.
///
/// 128-bit numbers are missing: beyond 64 bits JSON arrives as a float, which tells nothing.
pub(crate) fn range(format: &str) -> Option<(i128, i128)> {
    Some(match format {
        "int8" => (i8::MIN.into(), i8::MAX.into()),
        "int16" => (i16::MIN.into(), i16::MAX.into()),
        "int32" => (i32::MIN.into(), i32::MAX.into()),
        "int64" | "int" => (i64::MIN.into(), i64::MAX.into()),
        "uint8" => (0, u8::MAX.into()),
        "uint16" => (0, u16::MAX.into()),
        "uint32" => (0, u32::MAX.into()),
        "uint64" | "uint" => (0, u64::MAX.into()),
        _ => return None,
    })
}

fn is_date(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let (Some(year), Some(month), Some(day)) =
        (number(parts.next(), 4), number(parts.next(), 2), number(parts.next(), 2))
    else {
        return false;
    };
    (1..=12).contains(&month) && (1..=days(year, month)).contains(&day)
}

fn days(year: u32, month: u32) -> u32 {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn is_date_time(text: &str, is_rest: fn(&str) -> bool) -> bool {
    let Some((date, time)) = text.split_once(['T', 't', ' ']) else {
        return false;
    };
    is_date(date) && is_time(time, is_rest)
}

/// `12:30`, `12:30:59`, `12:30:59.123`, followed by what `is_rest` accepts.
fn is_time(text: &str, is_rest: fn(&str) -> bool) -> bool {
    let is_of_clock = |letter: char| letter.is_ascii_digit() || letter == ':' || letter == '.';
    let end = text.find(|letter| !is_of_clock(letter)).unwrap_or(text.len());
    let (clock, rest) = text.split_at(end);
    is_clock(clock) && is_rest(rest)
}

fn is_clock(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let parts: Vec<Option<u32>> = whole.split(':').map(|part| number(Some(part), 2)).collect();
    let is_fraction = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let fits = match parts.as_slice() {
        [Some(hour), Some(minute)] => *hour < 24 && *minute < 60,
        // RFC 3339 §5.6: 60 is a leap second.
        [Some(hour), Some(minute), Some(second)] => *hour < 24 && *minute < 60 && *second <= 60,
        _ => false,
    };
    fits && is_fraction
}

/// `Z`, `+02:00`, `+0200`, `+02`.
fn is_offset(text: &str) -> bool {
    if matches!(text, "Z" | "z") {
        return true;
    }
    let Some(offset) = text.strip_prefix(['+', '-']) else {
        return false;
    };
    let digits = offset.replacen(':', "", 1);
    matches!(digits.len(), 2 | 4) && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn number(text: Option<&str>, digits: usize) -> Option<u32> {
    let text = text.filter(|text| text.len() == digits)?;
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

/// The four spellings that the crate `uuid` reads: hyphens, none, braces, URN.
fn is_uuid(text: &str) -> bool {
    let braced = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    let text = text.strip_prefix("urn:uuid:").or(braced).unwrap_or(text);
    let hyphens: Vec<usize> = text.match_indices('-').map(|(at, _)| at).collect();
    let is_spaced = hyphens.is_empty() || hyphens == [8, 13, 18, 23];
    let digits = text.len() - hyphens.len();
    is_spaced && digits == 32 && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}

/// An absolute address: a scheme, a colon, something, without spaces (RFC 3986 §3).
fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.trim().split_once(':') else {
        return false;
    };
    let is_scheme = scheme.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    is_scheme && !rest.is_empty() && !rest.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(format: &str, good: &[&str], bad: &[&str]) {
        for text in good {
            assert_eq!(misses(format, text), None, "{format} {text}");
        }
        for text in bad {
            assert!(misses(format, text).is_some(), "{format} {text}");
        }
    }

    #[test]
    fn dates_and_times_are_those_of_the_calendar() {
        check(
            "date",
            &["2026-01-31", "2024-02-29", "2000-02-29"],
            &["", "2026-1-31", "2026-02-29", "1900-02-29", "2026-13-01", "31.1.2026"],
        );
        check(
            "date-time",
            &["2026-01-31T12:00:00Z", "2026-01-31 12:00:00.5+02:00", "2026-01-31T23:59:60-0800"],
            &["2026-01-31", "2026-01-31T25:00:00Z", "2026-01-31T12:00:00", "2026-01-31T12:00:00.Z"],
        );
        check("partial-time", &["12:00", "12:00:01.25"], &["12", "12:00:00Z", "24:00:00"]);
    }

    #[test]
    fn names_and_numbers_of_the_net_are_recognized() {
        check("email", &["a@b.example"], &["", "a", "a@", "@b", "a b@c"]);
        check("uri", &["https://example.org/", "mailto:a@b"], &["", "/a", "a b:c", ":x", "http:"]);
        check("ipv4", &["192.0.2.1"], &["256.0.0.1", "::1"]);
        check("ip", &["192.0.2.1", "::1"], &["localhost"]);
        check(
            "uuid",
            &["123e4567-e89b-12d3-a456-426614174000", "123e4567e89b12d3a456426614174000"],
            &["123e4567-e89b-12d3-a456-42661417400", "123e4567e89b-12d3-a456-426614174000", ""],
        );
    }

    #[test]
    fn an_unknown_format_asks_for_nothing() {
        check("password", &["", "anything"], &[]);
        assert_eq!(range("double"), None);
    }
}
