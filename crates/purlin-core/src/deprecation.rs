//! Routes that will go: the header fields that say it, and the document.

use std::time::{Duration, SystemTime};

use http::header::{HeaderName, LINK};
use http::{HeaderMap, HeaderValue};
use serde_json::json;

use crate::conditional::http_date;
use crate::openapi::Header;
use crate::pipeline::Hook;
use crate::request::Facts;
use crate::response::Response;
use crate::site::Site;

const DEPRECATION: HeaderName = HeaderName::from_static("deprecation");
const SUNSET: HeaderName = HeaderName::from_static("sunset");

/// Since when clients should leave some routes, until when they can, and what to read about it;
/// said with [`Routes::deprecated`](crate::Routes::deprecated).
///
/// Every answer of these routes has `Deprecation` (RFC 9745), and `Sunset` (RFC 8594) and `Link`
/// where these are said; the document marks the operations as deprecated. Days are written
/// `YYYY-MM-DD` and begin at midnight UTC; one that does not exist keeps the application from
/// starting.
///
/// ```
/// use purlin_core::{Deprecation, Routes};
///
/// let old = Routes::new().get("/books", async || "books").deprecated(
///     Deprecation::since("2026-01-31").sunset("2026-12-31").link("https://example.com/moving"),
/// );
/// ```
#[derive(Clone, Debug)]
pub struct Deprecation {
    since: String,
    sunset: Option<String>,
    link: Option<String>,
}

impl Deprecation {
    /// Deprecated from this day on, which may lie ahead.
    pub fn since(day: impl Into<String>) -> Self {
        Self { since: day.into(), sunset: None, link: None }
    }

    /// The routes may be gone from this day on.
    #[must_use]
    pub fn sunset(mut self, day: impl Into<String>) -> Self {
        self.sunset = Some(day.into());
        self
    }

    /// Where people read what to do instead.
    #[must_use]
    pub fn link(mut self, url: impl Into<String>) -> Self {
        self.link = Some(url.into());
        self
    }

    /// The header fields, or what is wrong.
    fn fields(&self) -> Result<HeaderMap, String> {
        let mut fields = HeaderMap::new();
        let since = day(&self.since)?;
        // RFC 9745 §2.1: a date of a structured field, seconds since 1970.
        let seconds = since.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
        let value = HeaderValue::try_from(format!("@{seconds}"));
        fields.insert(DEPRECATION, value.unwrap_or(HeaderValue::from_static("@0")));
        if let Some(sunset) = &self.sunset {
            let sunset = day(sunset)?;
            if sunset < since {
                // RFC 9745 §4.
                return Err(format!("the sunset is before the deprecation of `{}`", self.since));
            }
            fields.insert(SUNSET, http_date(sunset));
        }
        if let Some(link) = &self.link {
            let is_bad = |c: char| !c.is_ascii_graphic() || matches!(c, '<' | '>');
            let value = HeaderValue::try_from(format!("<{link}>; rel=\"deprecation\""));
            let value = value.ok().filter(|_| !link.is_empty() && !link.contains(is_bad));
            let value = value.ok_or_else(|| format!("`{}` is no address", link.escape_debug()))?;
            fields.insert(LINK, value);
        }
        Ok(fields)
    }

    pub(crate) fn into_hook(self) -> impl Hook {
        Deprecated { fields: self.fields(), of: self }
    }
}

/// The first moment of a day.
fn day(text: &str) -> Result<SystemTime, String> {
    let wrong = || format!("`{}` is no day: it is written as in `2026-01-31`", text.escape_debug());
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts[..] else { return Err(wrong()) };
    let is_number =
        |part: &str, digits| part.len() == digits && part.bytes().all(|b| b.is_ascii_digit());
    if !(is_number(year, 4) && is_number(month, 2) && is_number(day, 2)) {
        return Err(wrong());
    }
    let number = |part: &str| part.parse::<u32>().unwrap_or_default();
    let (year, month, day) = (number(year), number(month), number(day));
    let is_leap = |year: u32| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    let february = if is_leap(year) { 29 } else { 28 };
    let months: [u32; 12] = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let days_of = |month: u32| months.iter().zip(1..).find(|(_, number)| *number == month);
    if year < 1970 || !days_of(month).is_some_and(|(days, _)| (1..=*days).contains(&day)) {
        return Err(wrong());
    }
    let of_years: u32 = (1970..year).map(|year| if is_leap(year) { 366 } else { 365 }).sum();
    let of_months: u32 = months.iter().zip(1..month).map(|(days, _)| days).sum();
    let days = of_years + of_months + day - 1;
    Ok(SystemTime::UNIX_EPOCH + Duration::from_secs(u64::from(days) * 24 * 60 * 60))
}

struct Deprecated {
    of: Deprecation,
    fields: Result<HeaderMap, String>,
}

impl Hook for Deprecated {
    fn describe(&self, site: &mut Site<'_>) {
        let fields = match &self.fields {
            Ok(fields) => fields,
            Err(wrong) => {
                let help = "write the day as in `2026-01-31`, and the address in full".to_owned();
                site.refuse("P0113", wrong.clone(), help);
                return;
            }
        };
        let operation = site.operation();
        operation.deprecated = true;
        let until = self.of.sunset.as_ref().map(|day| format!(", and gone from {day} on"));
        let until = until.unwrap_or_default();
        let note = format!("Deprecated since {}{until}.", self.of.since);
        operation.description = Some(match operation.description.take() {
            Some(text) => format!("{text}\n\n{note}"),
            None => note,
        });
        for name in fields.keys() {
            let description = match name.as_str() {
                "deprecation" => "Since when it is deprecated (RFC 9745)",
                "sunset" => "From when on it may be gone (RFC 8594)",
                _ => "What to read about the deprecation",
            };
            let schema = json!({ "type": "string" });
            let header = Header { description: description.into(), required: false, schema };
            operation.answer_headers.insert(shown(name), header);
        }
    }

    fn after(&self, _facts: &Facts, response: &mut Response) {
        for (name, value) in self.fields.iter().flatten() {
            let headers = response.headers_mut();
            if name == LINK {
                headers.append(name, value.clone());
            } else {
                // What is said further in is about less, and goes before.
                headers.entry(name).or_insert_with(|| value.clone());
            }
        }
    }

    fn name(&self) -> String {
        "deprecated".to_owned()
    }
}

/// The name as people write it.
fn shown(name: &HeaderName) -> String {
    let mut text = name.as_str().to_owned();
    text[..1].make_ascii_uppercase();
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_from_1970() {
        let seconds = |text: &str| {
            day(text).map(|day| day.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs())
        };
        assert_eq!(seconds("1970-01-01"), Ok(0));
        assert_eq!(seconds("2000-03-01"), Ok(951_868_800));
        assert_eq!(seconds("2023-06-30"), Ok(1_688_083_200));
        assert_eq!(seconds("2024-02-29"), Ok(1_709_164_800));
        for wrong in
            ["2023-02-29", "2023-13-01", "2023-00-01", "2023-1-1", "31.1.2026", "", "1969-12-31"]
        {
            assert!(day(wrong).is_err(), "{wrong}");
        }
    }
}
