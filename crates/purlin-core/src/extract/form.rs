//! `Form<T>`: a URL-encoded form in the body, read into a type.

use std::ops::{Deref, DerefMut};

use http::StatusCode;
use http::header::CONTENT_TYPE;

use super::body::{ReadPlan, read_body, refuse_unchecked_limits, unsupported};
use super::input::{Input, Rejected};
use super::{Extract, pairs};
use crate::error::{Error, Fault, FaultIn, Result};
use crate::openapi::{Direction, RequestBody};
use crate::report::Reported;
use crate::request::Request;
use crate::site::Site;

const FORM: &str = "application/x-www-form-urlencoded";

/// A URL-encoded form. Each field of `T` is a field of the form; lists are fields that repeat.
///
/// # Errors
///
/// 413 over the body limit, 415 for another media type, 422 `invalid_input` with a fault for each
/// field that is missing, of the wrong type, or breaks a rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Form<T>(pub T);

impl<T> Deref for Form<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Form<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: Input> Extract for Form<T> {
    type Prepared = ReadPlan;
    const READS_BODY: bool = true;

    fn prepare(site: &mut Site<'_>) -> Result<ReadPlan, Reported> {
        refuse_unchecked_limits::<T>(site)?;
        let schema = site.schema::<T>(Direction::Input);
        let plan = ReadPlan::prepare(site, "Form", RequestBody::new(FORM, schema))?;
        let operation = site.operation();
        operation.problem(StatusCode::BAD_REQUEST, "invalid_encoding", "The form is not UTF-8");
        operation.problem(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid_input",
            "The input breaks its rules",
        );
        Ok(plan)
    }

    fn prepare_optional(site: &mut Site<'_>) -> Result<Option<ReadPlan>, Reported> {
        let plan = Self::prepare(site)?;
        ReadPlan::make_optional(site);
        Ok(Some(plan))
    }

    async fn extract(plan: &ReadPlan, request: &mut Request) -> Result<Self> {
        read::<T>(plan, request).await.map(Self).map_err(|rejected| rejected.error)
    }
}

pub(super) async fn read<T: Input>(
    plan: &ReadPlan,
    request: &mut Request,
) -> Result<T, Rejected<T>> {
    check_type(request)?;
    let bytes = read_body(plan, request).await?;
    if bytes.is_empty() {
        let fault = Fault::new(FaultIn::Form, "", "required", "a form is required");
        return Err(Error::invalid(vec![fault]).absent().into());
    }
    pairs::read(pairs::split(&bytes)?, FaultIn::Form)
}

fn check_type(request: &Request) -> Result {
    let Some(value) = request.headers().get(CONTENT_TYPE) else {
        return if request.body().is_empty() { Ok(()) } else { Err(unsupported(FORM, "nothing")) };
    };
    let value = value.to_str().unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case(FORM) {
        Ok(())
    } else {
        Err(unsupported(FORM, &format!("`{essence}`")))
    }
}
