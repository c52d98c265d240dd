//! What is tested: the service, its document, and which of its routes are in it.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use http::{HeaderMap, Method, StatusCode};
use purlin_core::openapi::conformance;
use purlin_core::{RouteFacts, Service, Started};
use serde_json::Value;

/// An application under test, as its clients share it.
pub(crate) struct Subject {
    pub(crate) service: Service,
    openapi: Arc<Value>,
    documented: HashSet<(Method, String)>,
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.service.fmt(f)
    }
}

impl Subject {
    pub(crate) fn new(started: &Started) -> Self {
        let documented = started.routes().iter().filter(|route| route.operation_id.is_some());
        Self {
            service: started.service(),
            openapi: Arc::clone(started.openapi()),
            documented: documented
                .map(|route| (route.method.clone(), route.pattern.clone()))
                .collect(),
        }
    }

    /// What an answer is that its route does not promise. Routes outside of the document, and
    /// requests that no route answered, promise nothing.
    pub(crate) fn violations(
        &self,
        route: &RouteFacts,
        method: &Method,
        status: StatusCode,
        headers: &HeaderMap,
        body: Option<&[u8]>,
    ) -> Vec<String> {
        let name = (route.method().clone(), route.pattern().to_owned());
        if !self.documented.contains(&name) {
            return Vec::new();
        }
        // GET answers HEAD.
        let method = if method == Method::HEAD { method } else { route.method() };
        conformance::violations(&self.openapi, method, route.pattern(), status, headers, body)
    }
}
