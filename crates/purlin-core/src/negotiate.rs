//! Content negotiation (RFC 9110 §12): what of what we have does the client want most?

use http::header::ACCEPT;
use http::{HeaderMap, HeaderValue};

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
    /// Reads all `Accept` headers. None at all means that everything is accepted.
    pub fn of(headers: &HeaderMap) -> Self {
        Self::parse(headers.get_all(ACCEPT).iter())
    }

    pub(crate) fn of_value(value: Option<&HeaderValue>) -> Self {
        Self::parse(value.into_iter())
    }

    fn parse<'a>(values: impl Iterator<Item = &'a HeaderValue>) -> Self {
        let texts = values.filter_map(|value| value.to_str().ok());
        let ranges = texts.flat_map(|text| text.split(',')).take(64).filter_map(parse_range);
        Self { ranges: ranges.collect() }
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

fn parse_range(text: &str) -> Option<Range> {
    let mut parts = text.split(';');
    let (kind, subtype) = parts.next()?.trim().split_once('/')?;
    let quality = parts.find_map(|part| part.trim().strip_prefix("q=").and_then(parse_quality));
    let quality = quality.unwrap_or(1000);
    Some(Range { kind: kind.trim().to_owned(), subtype: subtype.trim().to_owned(), quality })
}

/// RFC 9110 §12.4.2: up to three digits after the point, from 0 to 1.
fn parse_quality(text: &str) -> Option<u16> {
    let quality: f32 = text.trim().parse().ok()?;
    let thousandths = (quality.clamp(0.0, 1.0) * 1000.0).round();
    // In range after the clamp.
    (0..=1000u16).find(|n| f32::from(*n) >= thousandths)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accept(text: &str) -> Accept {
        Accept::of_value(Some(&HeaderValue::try_from(text).unwrap()))
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
}
