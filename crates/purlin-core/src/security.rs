//! Security headers, on by default for everything.

use http::HeaderValue;
use http::header::{
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};

use crate::pipeline::{Hook, is_of_this_machine};
use crate::request::Facts;
use crate::response::Response;

const COOP: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const CORP: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const PERMISSIONS: HeaderName = HeaderName::from_static("permissions-policy");

/// What HTML may load and run, unless its handler says otherwise: nothing inline, nothing foreign.
const HTML_POLICY: &str = "default-src 'self'; object-src 'none'; base-uri 'none'; \
    form-action 'self'; frame-ancestors 'none'";

/// Sets the headers that keep browsers from helping an attacker.
///
/// A header that a handler has set stays as it is.
#[derive(Clone, Debug)]
pub(crate) struct SecurityHeaders {
    /// What browsers that have come over TLS are told about coming without it.
    pub(crate) hsts: Option<HeaderValue>,
}

impl SecurityHeaders {
    /// RFC 6797 §7.2 forbids it without TLS, and §8.1.1 has it passed over for addresses. `localhost`
    /// has many servers, most of them without TLS: a browser would come to none of these for years.
    fn hsts_for(&self, facts: &Facts) -> Option<&HeaderValue> {
        let hsts = self.hsts.as_ref().filter(|_| facts.connection().is_secure());
        hsts.filter(|_| !is_of_this_machine(facts.headers()))
    }
}

impl Hook for SecurityHeaders {
    fn after(&self, facts: &Facts, response: &mut Response) {
        let is_html = response
            .headers()
            .get(CONTENT_TYPE)
            .is_some_and(|value| value.as_bytes().starts_with(b"text/html"));
        let headers = response.headers_mut();
        headers.reserve(8);
        let mut set = |name: HeaderName, value: &'static str| {
            headers.entry(name).or_insert(HeaderValue::from_static(value));
        };
        set(X_CONTENT_TYPE_OPTIONS, "nosniff");
        set(X_FRAME_OPTIONS, "DENY");
        set(REFERRER_POLICY, "strict-origin-when-cross-origin");
        set(COOP, "same-origin");
        set(CORP, "same-origin");
        if is_html {
            set(CONTENT_SECURITY_POLICY, HTML_POLICY);
            set(PERMISSIONS, "camera=(), microphone=(), geolocation=(), payment=(), usb=()");
        }
        if let Some(hsts) = self.hsts_for(facts) {
            headers.entry(STRICT_TRANSPORT_SECURITY).or_insert_with(|| hsts.clone());
        }
    }

    fn name(&self) -> String {
        "security headers".to_owned()
    }
}
