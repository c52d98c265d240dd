//! The document of an application, which is written when it is asked for first.

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use bytes::Bytes;
use serde_json::Value;

use super::document::{Described, Info, build};
use super::schemas::Schemas;

/// A document, or what it is written from. That is several KiB for each route, which an application
/// that shows its document nowhere need not keep.
#[derive(Default)]
pub(crate) struct Document {
    parts: Mutex<Option<(Info, Vec<Described>, Schemas)>>,
    value: OnceLock<Arc<Value>>,
    bytes: OnceLock<Bytes>,
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document")
            .field("is_written", &self.value.get().is_some())
            .finish_non_exhaustive()
    }
}

impl Document {
    /// Gives it what it is written from.
    pub(crate) fn fill(&self, info: Info, described: Vec<Described>, schemas: Schemas) {
        *self.parts.lock().unwrap_or_else(PoisonError::into_inner) =
            Some((info, described, schemas));
    }

    /// The document; null once it was [forgotten](Self::forget).
    pub(crate) fn value(&self) -> &Arc<Value> {
        self.value.get_or_init(|| {
            let parts = self.take();
            let document = parts.map(|(info, described, schemas)| build(&info, described, schemas));
            Arc::new(document.unwrap_or_default())
        })
    }

    /// The document as it is sent.
    pub(crate) fn bytes(&self) -> Bytes {
        let write = || serde_json::to_vec(&**self.value()).unwrap_or_default().into();
        self.bytes.get_or_init(write).clone()
    }

    /// Lets go of what it would be written from, if it is not written yet.
    pub(crate) fn forget(&self) {
        drop(self.take());
    }

    fn take(&self) -> Option<(Info, Vec<Described>, Schemas)> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
