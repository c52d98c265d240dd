//! Asynchronous rules: what only a database or another service can say about an input.

use super::Extract;
use super::body::ReadPlan;
use super::form::{self, Form, FormPlan};
use super::header::{self, Header, HeaderPlan};
use super::input::{Input, Rejected};
use super::json::{self, Json};
use super::path::{self, Path, PathPlan};
use super::query::{self, Query, QueryPlan};
use super::typed::TypedPlan;
use crate::error::{Error, Fault, FaultIn, Result};
use crate::report::Reported;
use crate::request::Request;
use crate::services::{Needs, Resolve};
use crate::site::Site;

/// Rules that take time: "the name is free".
///
/// They run after the type's other rules, on every value that could be read, and their faults are
/// reported in the same list. Ask for them by taking [`Checked`] around what reads the type:
/// `Checked<Json<T>>`, and `Form`, `Query`, `Header` or `Path` in the same way.
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
    ///
    /// The name on the wire is that of the member, the field of the form, the parameter or the
    /// header: `/x-client-version`. A path that is taken as one value has its parameter at the empty
    /// pointer, one that is taken as a tuple struct at `/0`, `/1` and so on; the answer names them as
    /// the path does.
    pub fn add(&mut self, pointer: &str, code: &'static str, message: impl Into<String>) {
        self.list.push(Fault::new(self.within, pointer, code, message));
    }
}

/// An input whose asynchronous [`Rules`] were checked as well.
///
/// # Errors
///
/// Those of what it wraps, and its 422 `invalid_input` with the faults of the rules; for a
/// [`Path`], 404 `invalid_path_parameter` with all faults. An error that a rule returns is the
/// answer itself.
///
/// ```
/// use purlin_core::{Checked, Faults, Path, Result, Rules};
/// # use serde::Deserialize; use schemars::JsonSchema; use garde::Validate;
///
/// #[derive(Deserialize, JsonSchema, Validate)]
/// struct Tenant {
///     #[garde(length(chars, max = 20))]
///     tenant: String,
/// }
///
/// impl Rules for Tenant {
///     type Services = ();
///
///     async fn check(&self, (): (), faults: &mut Faults) -> Result {
///         if self.tenant == "admin" {
///             faults.add("/tenant", "unknown", "is not known");
///         }
///         Ok(())
///     }
/// }
///
/// // On `/tenants/{tenant}`, `admin` is 404 with the fault `/tenant`.
/// async fn show(tenant: Checked<Path<Tenant>>) -> String {
///     tenant.0.0.tenant
/// }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "it is matched by its field, and has no other")]
pub struct Checked<B>(pub B);

/// How an input is read, and what its rules need.
#[derive(Debug)]
pub struct CheckedPlan<R, S> {
    read: R,
    services: S,
}

impl<R, S> CheckedPlan<R, S> {
    fn prepare<T: Rules<Services: Resolve<Prepared = S>>>(
        read: Result<R, Reported>,
        site: &mut Site<'_>,
    ) -> Result<Self, Reported> {
        let services = site.needs(T::Services::prepare);
        Ok(Self { read: read?, services: services? })
    }
}

/// Lets the rules add to what is wrong already: gives the value, or all faults. Where nothing was
/// sent, whatever is wrong is wrong because of that: `Option` is `None` then, as without these rules.
async fn check<T: Rules + Sync>(
    read: Result<T, Rejected<T>>,
    is_absent: bool,
    within: FaultIn,
    services: &<T::Services as Resolve>::Prepared,
) -> Result<T> {
    let (value, error) = match read {
        Ok(value) => (value, None),
        Err(Rejected { error, value: Some(value) }) => (value, Some(error)),
        Err(Rejected { error, value: None }) => return Err(error),
    };
    let mut all = error.map(|error| error.faults().to_vec()).unwrap_or_default();
    all.extend(faults_of(&value, within, services).await?);
    if all.is_empty() {
        return Ok(value);
    }
    let error = Error::invalid(all);
    Err(if is_absent { error.absent() } else { error })
}

/// What the asynchronous rules find.
async fn faults_of<T: Rules + Sync>(
    value: &T,
    within: FaultIn,
    services: &<T::Services as Resolve>::Prepared,
) -> Result<Vec<Fault>> {
    let mut faults = Faults { within, list: Vec::new() };
    value.check(T::Services::resolve(services)?, &mut faults).await?;
    Ok(faults.list)
}

impl<T: Rules + Sync> Extract for Checked<Json<T>> {
    type Prepared = CheckedPlan<TypedPlan, <T::Services as Resolve>::Prepared>;
    const READS_BODY: bool = true;

    fn prepare(site: &mut Site<'_>) -> Result<Self::Prepared, Reported> {
        CheckedPlan::prepare::<T>(Json::<T>::prepare(site), site)
    }

    fn prepare_optional(site: &mut Site<'_>) -> Result<Option<Self::Prepared>, Reported> {
        let plan = Self::prepare(site)?;
        ReadPlan::make_optional(site);
        Ok(Some(plan))
    }

    async fn extract(plan: &Self::Prepared, request: &mut Request) -> Result<Self> {
        let bytes = json::json_bytes(&plan.read.read, request).await?;
        let read = json::read::<T>(&plan.read.schema, &bytes);
        let value = check(read, false, FaultIn::Body, &plan.services).await?;
        Ok(Self(Json(value)))
    }
}

impl<T: Rules + Sync> Extract for Checked<Form<T>> {
    type Prepared = CheckedPlan<FormPlan, <T::Services as Resolve>::Prepared>;
    const READS_BODY: bool = true;

    fn prepare(site: &mut Site<'_>) -> Result<Self::Prepared, Reported> {
        CheckedPlan::prepare::<T>(Form::<T>::prepare(site), site)
    }

    fn prepare_optional(site: &mut Site<'_>) -> Result<Option<Self::Prepared>, Reported> {
        let plan = Self::prepare(site)?;
        ReadPlan::make_optional(site);
        Ok(Some(plan))
    }

    async fn extract(plan: &Self::Prepared, request: &mut Request) -> Result<Self> {
        let read = form::read::<T>(&plan.read, request).await;
        let value = check(read, false, FaultIn::Form, &plan.services).await?;
        Ok(Self(Form(value)))
    }
}

impl<T: Rules + Sync> Extract for Checked<Query<T>> {
    type Prepared = CheckedPlan<QueryPlan, <T::Services as Resolve>::Prepared>;

    fn prepare(site: &mut Site<'_>) -> Result<Self::Prepared, Reported> {
        CheckedPlan::prepare::<T>(Query::<T>::prepare(site), site)
    }

    async fn extract(plan: &Self::Prepared, request: &mut Request) -> Result<Self> {
        let (read, is_absent) = query::read::<T>(&plan.read, request)?;
        let value = check(read, is_absent, FaultIn::Query, &plan.services).await?;
        Ok(Self(Query(value)))
    }
}

impl<T: Rules + Sync> Extract for Checked<Header<T>> {
    type Prepared = CheckedPlan<HeaderPlan, <T::Services as Resolve>::Prepared>;

    fn prepare(site: &mut Site<'_>) -> Result<Self::Prepared, Reported> {
        CheckedPlan::prepare::<T>(Header::<T>::prepare(site), site)
    }

    async fn extract(plan: &Self::Prepared, request: &mut Request) -> Result<Self> {
        let (read, is_absent) = header::read::<T>(&plan.read, request);
        let value = check(read, is_absent, FaultIn::Header, &plan.services).await?;
        Ok(Self(Header(value)))
    }
}

impl<T: Rules + Sync> Extract for Checked<Path<T>> {
    type Prepared = CheckedPlan<PathPlan, <T::Services as Resolve>::Prepared>;

    fn prepare(site: &mut Site<'_>) -> Result<Self::Prepared, Reported> {
        CheckedPlan::prepare::<T>(Path::<T>::prepare(site), site)
    }

    async fn extract(plan: &Self::Prepared, request: &mut Request) -> Result<Self> {
        let (value, mut faults) = path::read::<T>(&plan.read, request)?;
        faults.extend(faults_of(&value, FaultIn::Path, &plan.services).await?);
        plan.read.refuse(request, faults)?;
        Ok(Self(Path(value)))
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
