//! Conditional requests: does the client have the current representation already, or does it
//! expect another one than there is? (RFC 9110 §13)
//!
//! Pure functions over header fields. A handler that knows what it would send asks
//! [`Validators::judge`]; the hook [`ETags`](crate::ETags) does it for answers that are made anyway.

mod etag;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::header::{
    ETAG, HeaderName, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE,
    LAST_MODIFIED,
};
use http::{HeaderMap, HeaderValue, Method};

use self::etag::Tags;
pub use self::etag::{ETag, InvalidETag};

/// What tells one state of a resource from another.
///
/// ```
/// use http::{HeaderMap, Method};
/// use purlin_core::{ETag, Judged, Validators};
///
/// let current = Validators::default().etag(ETag::strong("v7").unwrap());
/// let mut headers = HeaderMap::new();
/// headers.insert("if-none-match", "\"v6\", \"v7\"".parse().unwrap());
/// assert_eq!(current.judge(&Method::GET, &headers), Judged::NotModified);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Validators {
    etag: Option<ETag>,
    modified: Option<SystemTime>,
}

/// What the conditions of a request mean for its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Judged {
    /// 412: the resource is not in the state that the client expects.
    Failed,
    /// 304: the client has the current representation.
    NotModified,
    /// The request is carried out.
    Proceed,
}

impl Validators {
    /// Sets the entity tag.
    #[must_use]
    pub fn etag(mut self, etag: ETag) -> Self {
        self.etag = Some(etag);
        self
    }

    /// Sets when the resource was last changed. HTTP knows whole seconds.
    #[must_use]
    pub fn modified(mut self, modified: SystemTime) -> Self {
        self.modified = seconds(modified).map(|seconds| UNIX_EPOCH + Duration::from_secs(seconds));
        self
    }

    /// What `ETag` and `Last-Modified` of an answer say.
    pub fn of_headers(headers: &HeaderMap) -> Self {
        let etag = headers.get(ETAG).and_then(ETag::of_value);
        Self { etag, modified: date(headers, &LAST_MODIFIED) }
    }

    /// Writes `ETag` and `Last-Modified`.
    pub fn write_to(&self, headers: &mut HeaderMap) {
        if let Some(etag) = &self.etag {
            headers.insert(ETAG, etag.to_value());
        }
        if let Some(modified) = self.modified {
            headers.insert(LAST_MODIFIED, http_date(modified));
        }
    }

    /// Compares the conditions of a request with the state of the resource, in the order of
    /// RFC 9110 §13.2.2. A date that cannot be read is no condition.
    pub fn judge(&self, method: &Method, headers: &HeaderMap) -> Judged {
        let reads = matches!(*method, Method::GET | Method::HEAD);
        let expected = match Tags::of(headers, &IF_MATCH) {
            Some(tags) => tags.have_strong(self.etag.as_ref()),
            None => self.is_unmodified(headers),
        };
        if !expected {
            return Judged::Failed;
        }
        let is_known = match Tags::of(headers, &IF_NONE_MATCH) {
            Some(tags) => tags.have_weak(self.etag.as_ref()),
            None => reads && self.is_known_by_date(headers),
        };
        match is_known {
            true if reads => Judged::NotModified,
            true => Judged::Failed,
            false => Judged::Proceed,
        }
    }

    /// Whether `Range` counts: `If-Range`, where there is one, names the current representation
    /// (RFC 9110 §13.1.5).
    pub fn allow_range(&self, headers: &HeaderMap) -> bool {
        let Some(condition) = headers.get(IF_RANGE) else { return true };
        match ETag::of_value(condition) {
            Some(tag) => self.etag.as_ref().is_some_and(|own| own.is_strongly(&tag)),
            None => self.modified.is_some() && date(headers, &IF_RANGE) == self.modified,
        }
    }

    fn is_unmodified(&self, headers: &HeaderMap) -> bool {
        match (date(headers, &IF_UNMODIFIED_SINCE), self.modified) {
            (Some(since), Some(modified)) => modified <= since,
            _ => true,
        }
    }

    fn is_known_by_date(&self, headers: &HeaderMap) -> bool {
        match (date(headers, &IF_MODIFIED_SINCE), self.modified) {
            (Some(since), Some(modified)) => modified <= since,
            _ => false,
        }
    }
}

/// A moment as HTTP writes it: `Sun, 06 Nov 1994 08:49:37 GMT`. One that HTTP cannot write, before
/// 1970 or after the year 9999, is the nearest that it can.
pub fn http_date(moment: SystemTime) -> HeaderValue {
    const LAST: u64 = 253_402_300_799;
    let moment = UNIX_EPOCH + Duration::from_secs(seconds(moment).unwrap_or(0).min(LAST));
    let text = httpdate::fmt_http_date(moment);
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("Thu, 01 Jan 1970 00:00:00 GMT"))
}

fn seconds(moment: SystemTime) -> Option<u64> {
    moment.duration_since(UNIX_EPOCH).ok().map(|since| since.as_secs())
}

fn date(headers: &HeaderMap, name: &HeaderName) -> Option<SystemTime> {
    httpdate::parse_http_date(headers.get(name)?.to_str().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
    const NEW: &str = "Mon, 07 Nov 1994 08:49:37 GMT";

    fn current() -> Validators {
        let moment = httpdate::parse_http_date(OLD).unwrap() + Duration::from_millis(400);
        Validators::default().etag(ETag::strong("b").unwrap()).modified(moment)
    }

    fn judged(method: Method, fields: &[(&str, &str)]) -> Judged {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(HeaderName::try_from(*name).unwrap(), value.parse().unwrap());
        }
        current().judge(&method, &headers)
    }

    #[test]
    fn what_the_client_has_is_not_sent_again() {
        for condition in ["\"b\"", "W/\"b\"", "\"a\", \"b\"", "*", "\"a,b\",W/\"b\"", ",\"b\""] {
            let fields = [("if-none-match", condition)];
            assert_eq!(judged(Method::GET, &fields), Judged::NotModified, "{condition}");
            assert_eq!(judged(Method::HEAD, &fields), Judged::NotModified, "{condition}");
            assert_eq!(judged(Method::PUT, &fields), Judged::Failed, "{condition}");
        }
        for condition in ["\"a\"", "b", "\"a\"b\"", "\"a,b\"", ""] {
            let fields = [("if-none-match", condition)];
            assert_eq!(judged(Method::GET, &fields), Judged::Proceed, "{condition}");
        }
        let two = [("if-none-match", "\"a\""), ("if-none-match", "\"b\"")];
        assert_eq!(judged(Method::GET, &two), Judged::NotModified);
    }

    #[test]
    fn dates_count_in_whole_seconds_and_only_without_a_tag() {
        assert_eq!(judged(Method::GET, &[("if-modified-since", OLD)]), Judged::NotModified);
        assert_eq!(judged(Method::GET, &[("if-modified-since", NEW)]), Judged::NotModified);
        assert_eq!(judged(Method::POST, &[("if-modified-since", NEW)]), Judged::Proceed);
        assert_eq!(judged(Method::GET, &[("if-modified-since", "yesterday")]), Judged::Proceed);
        let both = [("if-none-match", "\"a\""), ("if-modified-since", NEW)];
        assert_eq!(judged(Method::GET, &both), Judged::Proceed);
    }

    #[test]
    fn a_change_of_another_state_is_refused() {
        assert_eq!(judged(Method::PUT, &[("if-match", "\"b\"")]), Judged::Proceed);
        assert_eq!(judged(Method::PUT, &[("if-match", "*")]), Judged::Proceed);
        assert_eq!(judged(Method::PUT, &[("if-match", "W/\"b\"")]), Judged::Failed);
        assert_eq!(judged(Method::PUT, &[("if-match", "\"a\"")]), Judged::Failed);
        assert_eq!(judged(Method::GET, &[("if-match", "\"a\"")]), Judged::Failed);
        assert_eq!(judged(Method::PUT, &[("if-unmodified-since", NEW)]), Judged::Proceed);
        let before = "Sat, 05 Nov 1994 08:49:37 GMT";
        assert_eq!(judged(Method::PUT, &[("if-unmodified-since", before)]), Judged::Failed);
        let both = [("if-match", "\"b\""), ("if-unmodified-since", before)];
        assert_eq!(judged(Method::PUT, &both), Judged::Proceed);
    }

    #[test]
    fn a_range_of_another_state_is_not_wanted() {
        let allows = |condition: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(IF_RANGE, condition.parse().unwrap());
            current().allow_range(&headers)
        };
        assert!(allows("\"b\"") && allows(OLD) && current().allow_range(&HeaderMap::new()));
        for other in ["\"a\"", "W/\"b\"", NEW, "b", "*"] {
            assert!(!allows(other), "{other}");
        }
    }

    #[test]
    fn moments_that_http_cannot_write_are_brought_near() {
        assert_eq!(http_date(UNIX_EPOCH - Duration::from_secs(9)), "Thu, 01 Jan 1970 00:00:00 GMT");
        let far = UNIX_EPOCH + Duration::from_hours(90_000_000);
        assert_eq!(http_date(far), "Fri, 31 Dec 9999 23:59:59 GMT");
    }
}
