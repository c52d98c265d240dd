//! CORS: which other sites' pages may read answers (WHATWG Fetch §3.2). Off until installed.
//!
//! It stands outside of all steps of the application, in whatever order they were added: a preflight
//! has no credentials and would be refused by every guard, and a page may only read the status of an
//! error, a 401 or a 503 included, where the answer names its origin.

use std::time::Duration;

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
};
use http::{HeaderName, HeaderValue, Method, StatusCode};

use crate::app::App;
use crate::app::Module;
use crate::error::Result;
use crate::pipeline::Hook;
use crate::request::{Facts, Request};
use crate::response::Response;

/// The origins that may read answers, with credentials if said.
///
/// ```
/// use purlin_core::{App, Cors};
/// use http::Method;
///
/// let app = App::new("api").with(
///     Cors::origins(["https://app.example"]).methods([Method::GET, Method::POST]).credentials(),
/// );
/// ```
#[derive(Clone, Debug)]
#[must_use = "CORS does nothing until the application has it"]
pub struct Cors {
    origins: Vec<HeaderValue>,
    credentials: bool,
    rules: Rules,
}

/// Every origin may read answers, never with credentials: the two together cannot be written.
#[derive(Clone, Debug)]
#[must_use = "CORS does nothing until the application has it"]
pub struct CorsForAll {
    rules: Rules,
}

#[derive(Clone, Debug)]
struct Rules {
    methods: Vec<Method>,
    headers: Vec<HeaderName>,
    exposed: Vec<HeaderName>,
    max_age: Duration,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            methods: vec![Method::GET, Method::HEAD, Method::POST],
            headers: vec![http::header::CONTENT_TYPE, http::header::AUTHORIZATION],
            exposed: Vec::new(),
            max_age: Duration::from_mins(10),
        }
    }
}

impl Cors {
    /// Lets these origins read answers: scheme, host and port, as browsers send them. One that
    /// could never be sent, such as one with a path, is never matched.
    pub fn origins<'a>(origins: impl IntoIterator<Item = &'a str>) -> Self {
        let origins = origins.into_iter().filter_map(|origin| HeaderValue::try_from(origin).ok());
        Self { origins: origins.collect(), credentials: false, rules: Rules::default() }
    }

    /// Lets every origin read answers, without credentials.
    pub fn for_all() -> CorsForAll {
        CorsForAll { rules: Rules::default() }
    }

    /// Lets pages of these origins send cookies and other credentials.
    pub fn credentials(mut self) -> Self {
        self.credentials = true;
        self
    }
}

macro_rules! rules {
    ($type:ty) => {
        impl $type {
            /// The methods that may be used: GET, HEAD and POST unless said.
            pub fn methods(mut self, methods: impl IntoIterator<Item = Method>) -> Self {
                self.rules.methods = methods.into_iter().collect();
                self
            }

            /// The header fields that may be sent: `Content-Type` and `Authorization` unless said.
            pub fn headers(mut self, headers: impl IntoIterator<Item = HeaderName>) -> Self {
                self.rules.headers = headers.into_iter().collect();
                self
            }

            /// The header fields of answers that may be read, beside those that always may.
            pub fn exposed(mut self, headers: impl IntoIterator<Item = HeaderName>) -> Self {
                self.rules.exposed = headers.into_iter().collect();
                self
            }

            /// How long browsers may remember this: ten minutes unless said.
            pub fn max_age(mut self, age: Duration) -> Self {
                self.rules.max_age = age;
                self
            }
        }
    };
}

rules!(Cors);
rules!(CorsForAll);

impl Module for Cors {
    fn install(self, app: App) -> App {
        let Self { origins, credentials, rules } = self;
        app.outermost_hook(CorsHook::new(Some(origins), credentials, rules))
    }
}

impl Module for CorsForAll {
    fn install(self, app: App) -> App {
        app.outermost_hook(CorsHook::new(None, false, self.rules))
    }
}

/// The rules as header values, made once.
#[derive(Debug)]
struct CorsHook {
    /// `None` for all.
    origins: Option<Vec<HeaderValue>>,
    credentials: bool,
    methods: HeaderValue,
    headers: HeaderValue,
    exposed: Option<HeaderValue>,
    max_age: HeaderValue,
}

impl CorsHook {
    fn new(origins: Option<Vec<HeaderValue>>, credentials: bool, rules: Rules) -> Self {
        let exposed = list(rules.exposed.iter().map(HeaderName::as_str));
        Self {
            origins,
            credentials,
            methods: list(rules.methods.iter().map(Method::as_str)),
            headers: list(rules.headers.iter().map(HeaderName::as_str)),
            exposed: Some(exposed).filter(|value| !value.is_empty()),
            max_age: HeaderValue::from(rules.max_age.as_secs()),
        }
    }

    /// The value of `Access-Control-Allow-Origin`; a refused origin gets none.
    fn allowed(&self, origin: &HeaderValue) -> Option<HeaderValue> {
        match &self.origins {
            None => Some(HeaderValue::from_static("*")),
            Some(list) => list.iter().find(|known| *known == origin).cloned(),
        }
    }

    fn preflight(&self) -> Response {
        let mut response = Response::new(StatusCode::NO_CONTENT);
        let headers = response.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, self.methods.clone());
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, self.headers.clone());
        headers.insert(ACCESS_CONTROL_MAX_AGE, self.max_age.clone());
        response
    }
}

fn list<'a>(names: impl Iterator<Item = &'a str>) -> HeaderValue {
    let text = names.collect::<Vec<_>>().join(", ");
    HeaderValue::try_from(text).expect("names of methods and headers are header values")
}

impl Hook for CorsHook {
    fn before(&self, request: &mut Request) -> Result<Option<Response>> {
        let headers = request.headers();
        let is_preflight = request.method() == Method::OPTIONS
            && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
            && headers.get(ORIGIN).is_some_and(|origin| self.allowed(origin).is_some());
        Ok(is_preflight.then(|| self.preflight()))
    }

    fn after(&self, facts: &Facts, response: &mut Response) {
        let headers = response.headers_mut();
        // A request that was sent on to another route came by before.
        if self.origins.is_some() && !headers.get_all(VARY).iter().any(|value| value == "origin") {
            headers.append(VARY, HeaderValue::from_static("origin"));
        }
        let origin = facts.headers().get(ORIGIN);
        let Some(allowed) = origin.and_then(|origin| self.allowed(origin)) else { return };
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
        if self.credentials {
            let value = HeaderValue::from_static("true");
            headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, value);
        }
        if let Some(exposed) = &self.exposed {
            headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, exposed.clone());
        }
    }

    fn name(&self) -> String {
        "cors".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(cors: CorsHook, method: Method, origin: &str) -> Response {
        let mut request = Request::new(method, "/");
        request.headers_mut().insert(ORIGIN, HeaderValue::try_from(origin).unwrap());
        let wanted = HeaderValue::from_static("PUT");
        request.headers_mut().insert(ACCESS_CONTROL_REQUEST_METHOD, wanted);
        let facts = request.facts();
        let response = cors.before(&mut request).unwrap();
        let mut response = response.unwrap_or_default();
        cors.after(&facts, &mut response);
        response
    }

    fn listed() -> CorsHook {
        CorsHook::new(
            Some(vec![HeaderValue::from_static("https://a.example")]),
            true,
            Rules::default(),
        )
    }

    #[test]
    fn a_known_origin_is_named_and_another_gets_nothing() {
        let known = answer(listed(), Method::OPTIONS, "https://a.example");
        assert_eq!(known.status(), StatusCode::NO_CONTENT);
        assert_eq!(known.header(ACCESS_CONTROL_ALLOW_ORIGIN), Some("https://a.example"));
        assert_eq!(known.header(ACCESS_CONTROL_ALLOW_CREDENTIALS), Some("true"));
        assert_eq!(known.header(ACCESS_CONTROL_ALLOW_METHODS), Some("GET, HEAD, POST"));
        for evil in
            ["https://evil.example", "null", "https://a.example.evil.example", "http://a.example"]
        {
            let refused = answer(listed(), Method::OPTIONS, evil);
            assert_eq!(refused.header(ACCESS_CONTROL_ALLOW_ORIGIN), None, "{evil}");
            assert_eq!(refused.header(VARY), Some("origin"));
        }
    }

    #[test]
    fn everybody_is_a_star_without_credentials() {
        let response =
            answer(CorsHook::new(None, false, Rules::default()), Method::GET, "https://b.example");
        assert_eq!(response.header(ACCESS_CONTROL_ALLOW_ORIGIN), Some("*"));
        assert_eq!(response.header(ACCESS_CONTROL_ALLOW_CREDENTIALS), None);
    }
}
