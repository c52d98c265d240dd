//! The languages that a reader understands (RFC 9110 §12.5.4, RFC 4647).

use http::HeaderMap;
use http::header::ACCEPT_LANGUAGE;
use serde_json::json;

use super::Extract;
use crate::error::Result;
use crate::negotiate::weighted;
use crate::openapi::{Parameter, ParameterIn};
use crate::report::Reported;
use crate::request::Request;
use crate::site::Site;

/// What `Accept-Language` asks for.
///
/// ```
/// use purlin_core::Languages;
///
/// async fn greet(languages: Languages) -> &'static str {
///     match languages.best(&["en", "de"]) {
///         Some("de") => "Guten Tag",
///         _ => "Good day",
///     }
/// }
/// ```
///
/// The answers of a route that takes it say so to caches: `Vary: accept-language`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Languages {
    ranges: Vec<(String, u16)>,
}

impl Languages {
    /// Reads `Accept-Language`; several lines of it are one list. None at all means that every
    /// language is as good as another.
    pub fn of(headers: &HeaderMap) -> Self {
        let ranges = weighted(headers, &ACCEPT_LANGUAGE);
        Self { ranges: ranges.map(|(range, quality)| (range.to_owned(), quality)).collect() }
    }

    /// The one of `offers` that the reader wants most; of equals the first. `None` when it wants
    /// none, so that the application takes its own.
    ///
    /// `de` is understood by who asks for `de-AT`, and `de-AT` by who asks for `de`.
    pub fn best<'o>(&self, offers: &[&'o str]) -> Option<&'o str> {
        let qualities = offers.iter().map(|offer| (*offer, self.quality(offer)));
        let wanted = qualities.filter(|(_, quality)| *quality > 0);
        // `max_by_key` takes the last of equals, hence the way back.
        wanted.rev().max_by_key(|(_, quality)| *quality).map(|(offer, _)| offer)
    }

    /// How much a language is wanted, in thousandths: by the nearest range that covers it.
    fn quality(&self, offer: &str) -> u16 {
        if self.ranges.is_empty() {
            return 1000;
        }
        let nearness = |range: &str| match range {
            "*" => Some(0),
            range if range.eq_ignore_ascii_case(offer) => Some(3),
            range if begins(offer, range) => Some(2),
            range if begins(range, offer) => Some(1),
            _ => None,
        };
        let near = self.ranges.iter().filter_map(|(range, q)| Some((nearness(range)?, *q)));
        near.max().map_or(0, |(_, quality)| quality)
    }
}

/// Whether a tag is another one with more behind it: `de-AT` and `de`.
fn begins(tag: &str, with: &str) -> bool {
    let (Some(begin), Some(rest)) = (tag.get(..with.len()), tag.get(with.len()..)) else {
        return false;
    };
    begin.eq_ignore_ascii_case(with) && rest.starts_with('-')
}

impl Extract for Languages {
    type Prepared = ();

    fn prepare(site: &mut Site<'_>) -> Result<(), Reported> {
        let schema = json!({ "type": "string" });
        let name = "Accept-Language";
        let parameter = Parameter::new(name, ParameterIn::Header, schema).optional();
        let doc = "The languages that the reader understands".to_owned();
        site.operation().parameter(parameter.described(Some(doc)));
        site.varies_by(ACCEPT_LANGUAGE);
        Ok(())
    }

    async fn extract((): &(), request: &mut Request) -> Result<Self> {
        Ok(Self::of(request.headers()))
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn best(text: &'static str, offers: &[&'static str]) -> Option<&'static str> {
        let value = HeaderValue::from_static(text);
        Languages::of(&HeaderMap::from_iter([(ACCEPT_LANGUAGE, value)])).best(offers)
    }

    #[test]
    fn the_wanted_language_is_found() {
        let offers = ["en", "de", "pt-BR"];
        assert_eq!(best("de-AT, de;q=0.8, en;q=0.5", &offers), Some("de"));
        assert_eq!(best("en;q=0.3, de;q=0.8", &offers), Some("de"));
        assert_eq!(best("pt", &offers), Some("pt-BR"));
        assert_eq!(best("PT-br", &offers), Some("pt-BR"));
        assert_eq!(best("fr, *;q=0.1", &offers), Some("en"));
        assert_eq!(best("fr, en;q=0, *;q=0.1", &offers), Some("de"));
        assert_eq!(best("fr", &offers), None);
        assert_eq!(best("deu", &offers), None);
        assert_eq!(Languages::default().best(&offers), Some("en"));
    }
}
