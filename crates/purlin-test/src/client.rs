//! A client of the application, with cookies of its own.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use purlin_core::Service;

use crate::jar::Jar;
use crate::subject::Subject;

/// A client of the application, with cookies of its own.
///
/// Cloning it gives the same client again: both share their cookies.
#[derive(Clone, Debug)]
pub struct Client {
    pub(crate) subject: Arc<Subject>,
    jar: Arc<Mutex<Jar>>,
}

impl Client {
    pub(crate) fn new(subject: Arc<Subject>) -> Self {
        Self { subject, jar: Arc::default() }
    }

    /// Another client of the same application, without cookies.
    #[must_use]
    pub fn client(&self) -> Self {
        Self::new(Arc::clone(&self.subject))
    }

    /// The value of a cookie that the application has set, decoded.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.jar().value(name)
    }

    /// Forgets all cookies.
    pub fn clear_cookies(&self) {
        self.jar().clear();
    }

    /// What answers the requests.
    pub fn service(&self) -> Service {
        self.subject.service.clone()
    }

    /// A jar is whole after every step, so that a panic elsewhere does not spoil it.
    pub(crate) fn jar(&self) -> MutexGuard<'_, Jar> {
        self.jar.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
