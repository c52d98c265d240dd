//! Media types, and content negotiation (RFC 9110 §8.3 and §12): what of what we have does the
//! client want most?

use http::HeaderMap;
use http::header::{ACCEPT, HeaderName};

/// What a client accepts: media ranges with their quality.
#[derive(Clone, Debug, Default)]
pub struct Accept {
    ranges: Vec<Range>,
}

#[derive(Clone, Debug)]
struct Range {
    kind: String,
    subtype: String,
    /// Thousandths, so that comparing is exact.
    quality: u16,
}

impl Accept {
    /// Reads the `Accept` header; several lines of it are one list (RFC 9110 §5.3). None at all
    /// means that everything is accepted.
    pub fn of(headers: &HeaderMap) -> Self {
        let mut ranges = Vec::new();
        for (range, quality) in weighted(headers, &ACCEPT) {
            if let Some((kind, subtype)) = range.split_once('/') {
                let (kind, subtype) = (kind.trim().to_owned(), subtype.trim().to_owned());
                ranges.push(Range { kind, subtype, quality });
            }
        }
        Self { ranges }
    }

    /// The quality of a media type such as `text/html`, in thousandths: that of the most specific
    /// range that covers it, and 0 when none does.
    pub fn quality(&self, media_type: &str) -> u16 {
        if self.ranges.is_empty() {
            return 1000;
        }
        let Some((kind, subtype)) = media_type.split_once('/') else { return 0 };
        let covering = self.ranges.iter().filter_map(|range| {
            let exact_kind = range.kind.eq_ignore_ascii_case(kind);
            let exact_subtype = range.subtype.eq_ignore_ascii_case(subtype);
            match (range.kind == "*", range.subtype == "*") {
                (true, true) => Some((0, range.quality)),
                (false, true) if exact_kind => Some((1, range.quality)),
                (false, false) if exact_kind && exact_subtype => Some((2, range.quality)),
                _ => None,
            }
        });
        covering.max_by_key(|(specificity, _)| *specificity).map_or(0, |(_, quality)| quality)
    }

    /// The one of `offers` the client wants most; of equals the first. `None` when it wants none.
    pub fn best<'o>(&self, offers: &[&'o str]) -> Option<&'o str> {
        let qualities = offers.iter().map(|offer| (*offer, self.quality(offer)));
        let wanted = qualities.filter(|(_, quality)| *quality > 0);
        // `max_by_key` takes the last of equals, hence the way back.
        wanted.rev().max_by_key(|(_, quality)| *quality).map(|(offer, _)| offer)
    }
}

/// The type and subtype of a media type, without parameters.
pub(crate) fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default().trim()
}

/// Whether a media type is JSON: `application/json` (RFC 8259), or a format written in it, which
/// ends with `+json` (RFC 6839 §3.1).
pub(crate) fn is_json(media_type: &str) -> bool {
    let essence = essence(media_type);
    let end = essence.get(essence.len().saturating_sub(5)..).unwrap_or_default();
    essence.eq_ignore_ascii_case("application/json") || end.eq_ignore_ascii_case("+json")
}

/// The members of a list with weights, such as `Accept` (RFC 9110 §12.4.2), each without its
/// parameters and with its weight in thousandths; 64 of them at most. Those with a weight that is
/// none are left out.
pub(crate) fn weighted<'h>(
    headers: &'h HeaderMap,
    name: &HeaderName,
) -> impl Iterator<Item = (&'h str, u16)> {
    let texts = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    texts.flat_map(|text| text.split(',')).take(64).filter_map(|member| {
        let mut parts = member.split(';');
        let range = parts.next()?.trim();
        // The name of the weight may be written in either case.
        let mut weights = parts.filter_map(|part| {
            let (name, value) = part.trim().split_once('=')?;
            name.eq_ignore_ascii_case("q").then_some(value)
        });
        let quality = weights.next().map_or(Some(1000), parse_quality)?;
        (!range.is_empty()).then_some((range, quality))
    })
}

/// RFC 9110 §12.4.2: from 0 to 1 with up to three digits after the point. More of them change
/// nothing, and the zero before the point may be missing, because clients leave it out.
fn parse_quality(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let is_number = |digits: &str| digits.bytes().all(|b| b.is_ascii_digit());
    match whole.trim_start_matches('0') {
        "" if is_number(fraction) => {
            let digits = fraction.bytes().chain(*b"000").take(3);
            Some(digits.fold(0, |number, digit| number * 10 + u16::from(digit - b'0')))
        }
        whole if !whole.is_empty() && is_number(whole) && is_number(fraction) => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accept(text: &str) -> Accept {
        let value = http::HeaderValue::try_from(text).unwrap();
        Accept::of(&HeaderMap::from_iter([(ACCEPT, value)]))
    }

    #[test]
    fn the_wanted_one_wins_and_the_first_of_equals() {
        let offers = ["text/html", "application/json"];
        assert_eq!(
            accept("text/html;q=0.5, application/json").best(&offers),
            Some("application/json")
        );
        assert_eq!(accept("*/*").best(&offers), Some("text/html"));
        assert_eq!(accept("text/*;q=0.1, */*;q=0.1").best(&offers), Some("text/html"));
        assert_eq!(accept("image/png").best(&offers), None);
        assert_eq!(accept("text/html;q=0, */*").best(&offers), Some("application/json"));
        assert_eq!(Accept::default().best(&offers), Some("text/html"));
    }

    #[test]
    fn weights_are_read_as_they_are_written() {
        for (weight, expected) in [
            ("q=0", 0),
            ("Q=0", 0),
            ("q=0.0", 0),
            ("q=0.001", 1),
            ("q=0.35", 350),
            ("q=.2", 200),
            ("q=0.9999", 999),
            ("q=1", 1000),
            ("q=1.000", 1000),
            ("q=2", 1000),
            ("level=1;q=0.5", 500),
        ] {
            let accept = accept(&format!("text/html;{weight}, image/png;q=0.1"));
            assert_eq!(accept.quality("text/html"), expected, "{weight}");
        }
        // A range with a weight that is none is none.
        for weight in ["q=nan", "q=", "q=.", "q=-1", "q=+0.5", "q=0.a", "q=1e3", "q=inf"] {
            let accept = accept(&format!("text/html;{weight}, image/png;q=0.1"));
            assert_eq!(accept.best(&["text/html", "image/png"]), Some("image/png"), "{weight}");
        }
    }
}
