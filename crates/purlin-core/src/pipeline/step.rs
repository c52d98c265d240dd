//! Steps: what stands between a route and the requests for it.
//!
//! Three kinds, cheapest first: a *guard* is an extractor that only has to succeed; a *hook*
//! changes requests before and responses after, without waiting; a *middleware* is an async
//! function around everything further in.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use http::HeaderValue;
use http::header::VARY;

use super::chain::Next;
use super::room::InRoom;
use crate::endpoint::BoxFuture;
use crate::error::{Error, Result};
use crate::extract::Extract;
use crate::report::{Place, Reported};
use crate::request::{Facts, Request};
use crate::response::Response;
use crate::site::Site;

/// Changes requests before and responses after, without waiting and without an allocation.
///
/// The response of every route, of 404 and 405, and of errors passes through.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a hook",
    label = "not a hook",
    note = "implement `Hook` for `{Self}`; a closure that changes responses is added with `.after(…)`, an async function with `.middleware(…)`"
)]
pub trait Hook: Send + Sync + 'static {
    /// Once for each route it stands on, at assembly: documents the answers that it gives.
    fn describe(&self, _site: &mut Site<'_>) {}

    /// Sees the request on its way in. A response returned here is the answer, and nothing
    /// further in is asked.
    fn before(&self, _request: &mut Request) -> Result<Option<Response>> {
        Ok(None)
    }

    /// Sees the response on its way out.
    fn after(&self, _facts: &Facts, _response: &mut Response) {}

    /// The name in `routes`.
    fn name(&self) -> String {
        crate::report::short_type_name::<Self>()
    }
}

/// A closure that sees responses.
pub(crate) struct After<F>(pub(crate) F);

impl<F: Fn(&mut Response) + Send + Sync + 'static> Hook for After<F> {
    fn after(&self, _facts: &Facts, response: &mut Response) {
        (self.0)(response);
    }

    fn name(&self) -> String {
        format!("after({})", function_name::<F>())
    }
}

/// An async function `(extractors…, Request, Next) -> Result<Response>`.
///
/// ```
/// use purlin_core::{Next, Request, Response, Result};
///
/// async fn stamp(request: Request, next: Next) -> Result<Response> {
///     let mut response = next.run(request).await;
///     response.set_header("x-stamp", "purlin")?;
///     Ok(response)
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a middleware",
    label = "not a middleware",
    note = "a middleware is `async fn(extractors…, request: Request, next: Next) -> purlin::Result<Response>`, with up to six extractors, none of which reads the body"
)]
pub trait Middleware<Args>: Send + Sync + 'static {
    /// Prepares all arguments.
    #[doc(hidden)]
    fn prepare(self: Arc<Self>, site: &mut Site<'_>) -> Result<Arc<dyn Around>, Reported>;
}

/// A middleware with its arguments prepared.
#[doc(hidden)]
pub trait Around: Send + Sync {
    fn call(self: Arc<Self>, request: Request, next: Next) -> InRoom;
}

/// A guard with its extractor prepared.
pub(crate) trait Guard: Send + Sync {
    fn check(self: Arc<Self>, request: Request) -> BoxFuture<Result<Request>>;
}

/// A step of one route's chain.
pub(crate) enum Step {
    Guard(Arc<dyn Guard>),
    Hook(Arc<dyn Hook>),
    Middleware(Arc<dyn Around>),
}

impl Step {
    /// A hook that tells caches on which fields of the request the answers depend.
    pub(crate) fn vary(fields: HeaderValue) -> Self {
        let tell = move |response: &mut Response| {
            response.headers_mut().append(VARY, fields.clone());
        };
        Self::Hook(Arc::new(After(tell)))
    }
}

type PrepareStep = dyn Fn(&mut Site<'_>) -> Result<Step, Reported> + Send + Sync;

/// A step as it was described, to be prepared for each route it stands on.
#[derive(Clone)]
pub(crate) struct StepSource {
    pub(crate) name: Arc<str>,
    place: Place,
    prepare: Arc<PrepareStep>,
    outside_of: usize,
}

impl fmt::Debug for StepSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl StepSource {
    #[track_caller]
    pub(crate) fn guard<G: Extract + 'static>() -> Self {
        let prepare = |site: &mut Site<'_>| {
            let prepared = G::prepare(site)?;
            Ok(Step::Guard(Arc::new(Guarding::<G> { prepared, guard: PhantomData })))
        };
        let place = Place::caller(std::any::type_name::<G>());
        Self::new(crate::report::short_type_name::<G>(), place, prepare)
    }

    #[track_caller]
    pub(crate) fn hook<H: Hook>(hook: H) -> Self {
        let name = hook.name();
        let place = Place::caller(std::any::type_name::<H>());
        let hook: Arc<dyn Hook> = Arc::new(hook);
        Self::new(name, place, move |site: &mut Site<'_>| {
            hook.describe(site);
            Ok(Step::Hook(Arc::clone(&hook)))
        })
    }

    /// A middleware that is prepared already.
    pub(crate) fn around(name: String, place: Place, around: Arc<dyn Around>) -> Self {
        Self::new(name, place, move |_: &mut Site<'_>| Ok(Step::Middleware(Arc::clone(&around))))
    }

    #[track_caller]
    pub(crate) fn middleware<Args, M: Middleware<Args>>(middleware: M) -> Self {
        let middleware = Arc::new(middleware);
        let prepare =
            move |site: &mut Site<'_>| Arc::clone(&middleware).prepare(site).map(Step::Middleware);
        let place = Place::caller(std::any::type_name::<M>());
        Self::new(function_name::<M>(), place, prepare)
    }

    fn new(
        name: String,
        place: Place,
        prepare: impl Fn(&mut Site<'_>) -> Result<Step, Reported> + Send + Sync + 'static,
    ) -> Self {
        Self { name: name.into(), place, prepare: Arc::new(prepare), outside_of: 0 }
    }

    /// The same step, which stands around that many groups with services of their own.
    pub(crate) fn outside_of(&self, groups: usize) -> Self {
        Self { outside_of: groups, ..self.clone() }
    }

    pub(crate) fn prepare(&self, site: &mut Site<'_>) -> Result<Step, Reported> {
        site.outside_of(self.outside_of, |site| site.step(self.place, |site| (self.prepare)(site)))
    }
}

/// The name of a function or closure, without its modules.
fn function_name<F>() -> String {
    let full = std::any::type_name::<F>().trim_end_matches("::{{closure}}");
    full.rsplit("::").next().unwrap_or(full).trim_end_matches('>').to_owned()
}

struct Guarding<G: Extract> {
    prepared: G::Prepared,
    guard: PhantomData<fn() -> G>,
}

impl<G: Extract + 'static> Guard for Guarding<G> {
    fn check(self: Arc<Self>, mut request: Request) -> BoxFuture<Result<Request>> {
        Box::pin(async move {
            G::extract(&self.prepared, &mut request).await.map_err(Error::refusing)?;
            Ok(request)
        })
    }
}

type Run<F, P> = fn(Arc<Bound<F, P>>, Request, Next) -> InRoom;

struct Bound<F, P> {
    function: Arc<F>,
    arguments: P,
    run: Run<F, P>,
}

impl<F: Send + Sync, P: Send + Sync> Around for Bound<F, P> {
    fn call(self: Arc<Self>, request: Request, next: Next) -> InRoom {
        (self.run)(self, request, next)
    }
}

/// One without extractors is its own future: nothing stands around it.
impl<Func, Fut> Middleware<()> for Func
where
    Func: Fn(Request, Next) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Response>> + Send + 'static,
{
    fn prepare(self: Arc<Self>, _site: &mut Site<'_>) -> Result<Arc<dyn Around>, Reported> {
        let run: Run<Func, ()> = |this, request, next| InRoom::new((this.function)(request, next));
        Ok(Arc::new(Bound { function: self, arguments: (), run }))
    }
}

macro_rules! middlewares {
    ($($arg:ident $index:tt)*) => {
        #[allow(non_snake_case, reason = "one macro writes all arities")]
        impl<Func, Fut, $($arg),*> Middleware<($($arg,)*)> for Func
        where
            Func: Fn($($arg,)* Request, Next) -> Fut + Send + Sync + 'static,
            Fut: Future<Output = Result<Response>> + Send + 'static,
            $($arg: Extract + 'static,)*
        {
            fn prepare(self: Arc<Self>, site: &mut Site<'_>) -> Result<Arc<dyn Around>, Reported> {
                $(let $arg = $arg::prepare(site);)*
                Ok(Arc::new(Bound::<Func, ($($arg::Prepared,)*)> {
                    function: self,
                    arguments: ($($arg?,)*),
                    run: |this, mut request, next| {
                        InRoom::new(async move {
                            $(
                                let taken = $arg::extract(&this.arguments.$index, &mut request).await;
                                let $arg = taken.map_err(Error::refusing)?;
                            )*
                            (this.function)($($arg,)* request, next).await
                        })
                    },
                }))
            }
        }
    };
}

middlewares!(A1 0);
middlewares!(A1 0 A2 1);
middlewares!(A1 0 A2 1 A3 2);
middlewares!(A1 0 A2 1 A3 2 A4 3);
middlewares!(A1 0 A2 1 A3 2 A4 3 A5 4);
middlewares!(A1 0 A2 1 A3 2 A4 3 A5 4 A6 5);
