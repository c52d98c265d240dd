//! Bodies that are read into an [`Input`]: what JSON and forms have in common.

use std::sync::Arc;

use http::StatusCode;
use serde_json::Value;

use super::body::ReadPlan;
use super::input::Input;
use super::limits::checked_schema;
use crate::error::Result;
use crate::openapi::{Direction, RequestBody};
use crate::report::Reported;
use crate::site::Site;

/// How a typed body is read on one route, and what a refusal is explained with.
#[derive(Clone, Debug)]
pub struct TypedPlan {
    pub(super) read: ReadPlan,
    /// The schema of the type, with everything it refers to.
    pub(super) schema: Arc<Value>,
}

impl TypedPlan {
    /// Documents the body and what can be wrong with it, and takes it for this argument.
    pub(super) fn prepare<T: Input>(
        site: &mut Site<'_>,
        what: &str,
        media_type: &str,
    ) -> Result<Self, Reported> {
        let schema = checked_schema::<T>(site)?;
        let documented = site.schema::<T>(Direction::Input);
        let read = ReadPlan::prepare(site, what, RequestBody::new(media_type, documented))?;
        site.operation().problem(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid_input",
            "The input breaks its rules",
        );
        Ok(Self { read, schema })
    }
}
