//! Asynchronous rules: what only a database or another service can say about an input.

use super::Extract;
use super::form::{self, Form, FormPlan};
use super::input::{Input, Rejected};
use super::json::{self, Json};
use super::typed::TypedPlan;
use crate::error::{Error, Fault, FaultIn, Result};
use crate::report::Reported;
use crate::request::Request;
use crate::services::{Needs, Resolve};
use crate::site::Site;

/// Rules that take time: "the name is free".
///
/// They run after the type's other rules, on every value that could be read, and their faults are
/// reported in the same list. Ask for them by taking [`Checked<Json<T>>`](Checked).
///
/// ```
/// use purlin_core::{Checked, Faults, Inject, Json, Result, Rules};
/// # use serde::Deserialize; use schemars::JsonSchema; use garde::Validate;
/// # struct Readers; impl Readers { async fn is_taken(&self, _: &str) -> Result<bool> { Ok(true) } }
///
/// #[derive(Deserialize, JsonSchema, Validate)]
/// struct NewReader {
///     #[garde(length(chars, min = 1, max = 50))]
///     name: String,
/// }
///
/// impl Rules for NewReader {
///     type Services = Inject<Readers>;
///
///     async fn check(&self, readers: Inject<Readers>, faults: &mut Faults) -> Result {
///         if readers.is_taken(&self.name).await? {
///             faults.add("/name", "taken", "is taken already");
///         }
///         Ok(())
///     }
/// }
///
/// async fn register(reader: Checked<Json<NewReader>>) -> String {
///     reader.0.0.name
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no asynchronous rules",
    label = "no rules to check",
    note = "implement `Rules` for `{Self}`, or take it without `Checked`"
)]
pub trait Rules: Input {
    /// What the rules need: one [`Resolve`] type, or a tuple of them.
    type Services: Resolve;

    /// Checks the value and adds what is wrong with it.
    fn check(
        &self,
        services: Self::Services,
        faults: &mut Faults,
    ) -> impl Future<Output = Result> + Send;
}

/// The faults that rules find.
#[derive(Debug)]
pub struct Faults {
    within: FaultIn,
    list: Vec<Fault>,
}

impl Faults {
    /// Adds a fault at a JSON pointer in wire names, with a machine code and a message that reads
    /// on after the field's name: "is taken already".
    pub fn add(&mut self, pointer: &str, code: &'static str, message: impl Into<String>) {
        self.list.push(Fault::new(self.within, pointer, code, message));
    }
}

/// A body whose asynchronous [`Rules`] were checked as well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "it is matched by its field, and has no other")]
pub struct Checked<B>(pub B);

/// How a body is read, and what its rules need.
#[derive(Debug)]
pub struct CheckedPlan<R, S> {
    read: R,
    services: S,
}

async fn check<T: Rules + Sync>(
    read: Result<T, Rejected<T>>,
    within: FaultIn,
    services: &<T::Services as Resolve>::Prepared,
) -> Result<T> {
    let (value, mut error) = match read {
        Ok(value) => (value, None),
        Err(Rejected { error, value: Some(value) }) => (value, Some(error)),
        Err(Rejected { error, value: None }) => return Err(error),
    };
    let mut faults = Faults { within, list: Vec::new() };
    value.check(T::Services::resolve(services)?, &mut faults).await?;
    let mut all: Vec<Fault> = error.take().map(|error| error.faults().to_vec()).unwrap_or_default();
    all.extend(faults.list);
    if all.is_empty() { Ok(value) } else { Err(Error::invalid(all)) }
}

impl<T: Rules + Sync> Extract for Checked<Json<T>> {
    type Prepared = CheckedPlan<TypedPlan, <T::Services as Resolve>::Prepared>;
    const READS_BODY: bool = true;

    fn prepare(site: &mut Site<'_>) -> Result<Self::Prepared, Reported> {
        let read = Json::<T>::prepare(site);
        let services = site.needs(T::Services::prepare);
        Ok(CheckedPlan { read: read?, services: services? })
    }

    async fn extract(plan: &Self::Prepared, request: &mut Request) -> Result<Self> {
        let bytes = json::json_bytes(&plan.read.read, request).await?;
        let read = json::read::<T>(&plan.read.schema, &bytes);
        let value = check(read, FaultIn::Body, &plan.services).await?;
        Ok(Self(Json(value)))
    }
}

impl<T: Rules + Sync> Extract for Checked<Form<T>> {
    type Prepared = CheckedPlan<FormPlan, <T::Services as Resolve>::Prepared>;
    const READS_BODY: bool = true;

    fn prepare(site: &mut Site<'_>) -> Result<Self::Prepared, Reported> {
        let read = Form::<T>::prepare(site);
        let services = site.needs(T::Services::prepare);
        Ok(CheckedPlan { read: read?, services: services? })
    }

    async fn extract(plan: &Self::Prepared, request: &mut Request) -> Result<Self> {
        let read = form::read::<T>(&plan.read, request).await;
        let value = check(read, FaultIn::Form, &plan.services).await?;
        Ok(Self(Form(value)))
    }
}

impl Resolve for () {
    type Prepared = ();

    fn prepare(_needs: &mut Needs<'_>) -> Result<(), Reported> {
        Ok(())
    }

    fn resolve((): &()) -> Result<()> {
        Ok(())
    }
}

macro_rules! tuples {
    ($($name:ident)*) => {
        #[allow(non_snake_case, reason = "one macro writes all arities")]
        impl<$($name: Resolve),*> Resolve for ($($name,)*) {
            type Prepared = ($($name::Prepared,)*);

            fn prepare(needs: &mut Needs<'_>) -> Result<Self::Prepared, Reported> {
                $(let $name = $name::prepare(needs);)*
                Ok(($($name?,)*))
            }

            fn resolve(($($name,)*): &Self::Prepared) -> Result<Self> {
                Ok(($($name::resolve($name)?,)*))
            }
        }
    };
}

tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
