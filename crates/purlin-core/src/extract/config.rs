//! `Config<T>`: a section of the configuration as an argument.

use std::ops::Deref;
use std::sync::Arc;

use super::Extract;
use crate::error::Result;
use crate::report::Reported;
use crate::request::Request;
use crate::services::{Needs, Resolve, Section, Slot};
use crate::site::Site;

/// A section of the configuration, which `App::config::<T>("section")` declares.
#[derive(Debug)]
pub struct Config<T>(Arc<T>);

impl<T> Config<T> {
    /// Wraps a value, to call a handler directly in a test.
    pub fn new(value: T) -> Self {
        Self(Arc::new(value))
    }
}

impl<T> Deref for Config<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> Clone for Config<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: Send + Sync + 'static> Resolve for Config<T> {
    type Prepared = Slot<Section<T>>;

    fn prepare(needs: &mut Needs<'_>) -> Result<Self::Prepared, Reported> {
        needs.section_of::<T>()
    }

    fn resolve(prepared: &Self::Prepared) -> Result<Self> {
        Ok(Self(Arc::clone(&prepared.get().0)))
    }
}

impl<T: Send + Sync + 'static> Extract for Config<T> {
    type Prepared = Slot<Section<T>>;

    fn prepare(site: &mut Site<'_>) -> Result<Self::Prepared, Reported> {
        site.needs(<Self as Resolve>::prepare)
    }

    fn prepare_optional(site: &mut Site<'_>) -> Result<Option<Self::Prepared>, Reported> {
        Ok(site.optional(|site| <Self as Extract>::prepare(site)))
    }

    async fn extract(prepared: &Self::Prepared, _request: &mut Request) -> Result<Self> {
        Self::resolve(prepared)
    }
}
