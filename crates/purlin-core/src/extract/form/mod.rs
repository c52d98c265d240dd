//! `Form<T>`: a form in the body, read into a type.

mod sent;

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use http::StatusCode;
use serde_json::Value;

use self::sent::{Sent, with_objects};
use super::body::{ReadPlan, check_types, read_body};
use super::input::{Input, Rejected};
use super::limits::{form_schema, has_files};
use super::multipart::PartsPlan;
use super::{Extract, pairs};
use crate::error::{Error, Fault, FaultIn, Result};
use crate::multipart::FORM_DATA;
use crate::openapi::{Direction, MediaType, RequestBody};
use crate::report::Reported;
use crate::request::Request;
use crate::site::Site;

const FORM: &str = "application/x-www-form-urlencoded";

/// A form, as browsers send it. Each field of `T` is a field of the form; lists are fields that
/// repeat.
///
/// A client sends it URL-encoded or as `multipart/form-data`. Where `T` has fields of type
/// [`Upload`](crate::Upload), it has to be the latter: files are received as they come, small ones
/// in memory, larger ones in temporary files, within the limits of
/// [`FormLimits`](crate::FormLimits).
///
/// # Errors
///
/// 413 over a limit, of which a URL-encoded form has that of the body and that of the number of its
/// fields (`too_many_parts`, 1,000 unless said); 415 for another media type, 422 `invalid_input` with a fault for each field
/// that is missing, of the wrong type, or breaks a rule; for forms with files also those of
/// [`Multipart`](super::Multipart).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "it is matched by its field, and has no other")]
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

/// How a form is read on one route, and what a refusal is explained with.
#[derive(Clone, Debug)]
pub struct FormPlan {
    read: ReadPlan,
    parts: PartsPlan,
    /// The schema of the type, with everything it refers to.
    schema: Arc<Value>,
    /// The same for values in which files are objects, where there are files.
    with_files: Option<Arc<Value>>,
}

impl FormPlan {
    fn prepare<T: Input>(site: &mut Site<'_>) -> Result<Self, Reported> {
        let schema = form_schema::<T>(site)?;
        let documented = site.schema::<T>(Direction::Input);
        let mut body = RequestBody::new(FORM_DATA, documented.clone());
        let with_files = has_files(&schema).then(|| Arc::new(with_objects(&schema)));
        if with_files.is_none() {
            let media = MediaType { schema: documented, ..MediaType::default() };
            body.content.insert(FORM.to_owned(), media);
        }
        let read = ReadPlan::prepare(site, "Form", body)?;
        let parts = PartsPlan::prepare(site);
        site.operation().problem(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid_input",
            "The input breaks its rules",
        );
        Ok(Self { read, parts, schema, with_files })
    }
}

impl<T: Input> Extract for Form<T> {
    type Prepared = FormPlan;
    const READS_BODY: bool = true;

    fn prepare(site: &mut Site<'_>) -> Result<FormPlan, Reported> {
        FormPlan::prepare::<T>(site)
    }

    fn prepare_optional(site: &mut Site<'_>) -> Result<Option<FormPlan>, Reported> {
        let plan = Self::prepare(site)?;
        ReadPlan::make_optional(site);
        Ok(Some(plan))
    }

    async fn extract(plan: &FormPlan, request: &mut Request) -> Result<Self> {
        read::<T>(plan, request).await.map(Self).map_err(|rejected| rejected.error)
    }
}

pub(super) async fn read<T: Input>(
    plan: &FormPlan,
    request: &mut Request,
) -> Result<T, Rejected<T>> {
    let wanted: &[&str] = if plan.with_files.is_some() { &[FORM_DATA] } else { &[FORM, FORM_DATA] };
    let media_type = check_types(request, wanted)?;
    if request.body().is_empty() {
        return Err(missing_form().into());
    }
    if media_type == Some(FORM_DATA) {
        let form = plan.parts.open(request)?;
        let sent = Sent::receive(form, plan.parts.limits(), &plan.schema).await?;
        return sent.read(&plan.schema, plan.with_files.as_deref().unwrap_or(&plan.schema));
    }
    let bytes = read_body(&plan.read, request).await?;
    if bytes.is_empty() {
        return Err(missing_form().into());
    }
    let pairs = pairs::split(&bytes, plan.parts.limits().parts, too_many_fields)?;
    pairs::read(&plan.schema, pairs, FaultIn::Form)
}

/// Why a request without a form is refused.
#[cold]
pub(super) fn missing_form() -> Error {
    let fault = Fault::new(FaultIn::Form, "", "required", "a form is required");
    Error::invalid(vec![fault]).absent()
}

#[cold]
fn too_many_fields(limit: usize) -> Error {
    let detail = format!("the form has more than the {limit} fields this route takes");
    Error::new(StatusCode::PAYLOAD_TOO_LARGE, "too_many_parts", detail).with_member("limit", limit)
}
