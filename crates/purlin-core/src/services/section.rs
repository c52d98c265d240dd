//! Sections of the configuration, which lie among the services.

use std::sync::Arc;

/// A section lies among the services, under a type of its own.
#[doc(hidden)]
#[derive(Debug)]
pub struct Section<T>(pub(crate) Arc<T>);
