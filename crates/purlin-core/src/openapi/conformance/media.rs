//! Media types, compared as leniently as clients compare them.

pub(super) use crate::negotiate::{essence, is_json};

/// Whether what came is covered by what is promised: `text/*` covers `text/html; charset=utf-8`.
pub(super) fn matches(promised: &str, came: &str) -> bool {
    let (range, kind) = (essence(promised), essence(came));
    let same = match range.split_once('/') {
        Some(("*", "*")) => true,
        Some((group, "*")) => {
            kind.split_once('/').is_some_and(|(came, _)| came.eq_ignore_ascii_case(group))
        }
        _ => range.eq_ignore_ascii_case(kind),
    };
    // One that is not named is the usual one.
    let charsets = charset(promised).zip(charset(came));
    same && charsets.is_none_or(|(promised, came)| promised.eq_ignore_ascii_case(came))
}

/// Whether it is what a problem becomes for people.
pub(super) fn is_text(media_type: &str) -> bool {
    matches!(essence(media_type), "text/html" | "text/plain")
}

fn charset(media_type: &str) -> Option<&str> {
    let parameters = media_type.split(';').skip(1).map(str::trim);
    let mut charsets = parameters.filter_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.eq_ignore_ascii_case("charset").then(|| value.trim_matches('"'))
    });
    charsets.next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_cover_and_charsets_are_compared_where_both_are_named() {
        for (promised, came) in [
            ("application/json", "application/json; charset=utf-8"),
            ("text/plain; charset=utf-8", "Text/Plain;charset=\"UTF-8\""),
            ("text/*", "text/css"),
            ("*/*", "image/png"),
        ] {
            assert!(matches(promised, came), "{promised} {came}");
        }
        for (promised, came) in [
            ("application/json", "application/problem+json"),
            ("text/plain; charset=utf-8", "text/plain; charset=latin1"),
            ("text/*", "image/png"),
            ("application/json", ""),
        ] {
            assert!(!matches(promised, came), "{promised} {came}");
        }
    }
}
