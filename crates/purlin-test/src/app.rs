//! An application under test.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use purlin_core::{RouteInfo, Started};
use serde_json::Value;

use crate::client::Client;
use crate::subject::Subject;

/// How long tasks may still run when a test stops its application.
const PATIENCE: Duration = Duration::from_secs(5);

/// An application under test: assembled, started, and asked in process.
///
/// It is its own first [`Client`], so that requests are made on it: `app.get("/").await`. Others,
/// each with its own cookies, are made by [`client`](Client::client).
pub struct TestApp {
    client: Client,
    started: Started,
}

impl fmt::Debug for TestApp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.started.fmt(f)
    }
}

impl Deref for TestApp {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl TestApp {
    pub(crate) fn new(started: Started) -> Self {
        Self { client: Client::new(Arc::new(Subject::new(&started))), started }
    }

    /// The OpenAPI document.
    pub fn openapi(&self) -> &Value {
        self.started.openapi()
    }

    /// All routes.
    pub fn routes(&self) -> &[RouteInfo] {
        self.started.routes()
    }

    /// Stops the application: waits for its tasks, runs its stop hooks, closes its services. A test
    /// that does not care about these leaves it out.
    pub async fn stop(self) {
        self.started.stop(PATIENCE).await;
    }
}
