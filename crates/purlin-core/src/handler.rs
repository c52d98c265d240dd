//! Handlers by hand: async functions and closures of up to eight extractors, without an attribute.

use std::fmt;
use std::sync::Arc;

use crate::endpoint::{BoxFuture, Endpoint};
use crate::error::{Error, Result};
use crate::extract::Extract;
use crate::origin::carrying;
use crate::report::Reported;
use crate::request::Request;
use crate::respond::{Answer, Respond};
use crate::response::Response;
use crate::site::{RouteFacts, Site};

/// An async function of up to eight extractors that returns a response.
///
/// With more inputs, gather them in a struct with `#[derive(Extract)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a handler",
    label = "not a handler",
    note = "a handler is an async function or closure of up to eight extractors that returns a response",
    note = "a path parameter is taken as `Path(id): Path<u64>`, and a function that is not async is registered as `blocking(f)`",
    note = "put `#[get(…)]` on it and the compiler will name the argument"
)]
pub trait Handler<Args>: Send + Sync + 'static {
    /// Prepares all arguments and describes the response.
    #[doc(hidden)]
    fn prepare(self: Arc<Self>, site: &mut Site<'_>) -> Result<Arc<dyn Endpoint>, Reported>;
}

/// A plain function as a handler: it runs on the pool for blocking work, where it may take its
/// time without delaying anybody.
///
/// ```
/// use purlin_core::{Path, Routes, blocking};
///
/// fn factorial(Path(n): Path<u64>) -> String {
///     (1..=n).product::<u64>().to_string()
/// }
///
/// let routes = Routes::new().get("/factorial/{n}", blocking(factorial));
/// ```
pub fn blocking<F>(function: F) -> Blocking<F> {
    Blocking(Arc::new(function))
}

/// See [`blocking`].
pub struct Blocking<F>(Arc<F>);

impl<F> fmt::Debug for Blocking<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Blocking")
    }
}

/// Runs a plain function on the pool for blocking work.
///
/// # Errors
///
/// When the function panics, or the runtime is shutting down.
pub async fn run_blocking<T: Send + 'static>(f: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let joined = tokio::task::spawn_blocking(carrying(|| crate::error::catch(f))).await;
    joined.map_err(Error::internal)?
}

type Run<F, P> = fn(Arc<Bound<F, P>>, Request) -> BoxFuture<Result<Response>>;

/// A function with its arguments prepared.
struct Bound<F, P> {
    function: Arc<F>,
    arguments: P,
    facts: Arc<RouteFacts>,
    run: Run<F, P>,
}

impl<F, P> Endpoint for Bound<F, P>
where
    F: Send + Sync + 'static,
    P: Send + Sync + 'static,
{
    fn call(self: Arc<Self>, request: Request) -> BoxFuture<Result<Response>> {
        (self.run)(self, request)
    }
}

macro_rules! handlers {
    ($($arg:ident $index:tt)*) => {
        #[allow(
            non_snake_case, unused_variables, unused_mut, clippy::unused_unit,
            reason = "one macro writes all arities"
        )]
        const _: () = {
            /// Everything that does not read the body first, then the one that does.
            async fn extract<$($arg: Extract),*>(
                prepared: &($($arg::Prepared,)*),
                request: &mut Request,
            ) -> Result<($($arg,)*)> {
                $(let mut $arg: Option<$arg> = None;)*
                $(if !$arg::READS_BODY {
                    let taken = $arg::extract(&prepared.$index, request).await;
                    $arg = Some(taken.map_err(Error::refusing)?);
                })*
                $(let $arg = match $arg {
                    Some(value) => value,
                    None => {
                        let taken = $arg::extract(&prepared.$index, request).await;
                        taken.map_err(Error::refusing)?
                    }
                };)*
                Ok(($($arg,)*))
            }

            impl<Func, Fut, Out, $($arg),*> Handler<($($arg,)*)> for Func
            where
                Func: Fn($($arg),*) -> Fut + Send + Sync + 'static,
                Fut: Future<Output = Out> + Send + 'static,
                Out: Respond,
                $($arg: Extract + 'static,)*
            {
                fn prepare(
                    self: Arc<Self>,
                    site: &mut Site<'_>,
                ) -> Result<Arc<dyn Endpoint>, Reported> {
                    $(
                        site.taking(std::any::type_name::<$arg>());
                        let $arg = $arg::prepare(site);
                    )*
                    site.at_argument(None);
                    Out::describe(site);
                    Ok(Arc::new(Bound::<Func, ($($arg::Prepared,)*)> {
                        function: self,
                        arguments: ($($arg?,)*),
                        facts: site.facts(),
                        run: |this, mut request| Box::pin(async move {
                            let ($($arg,)*) =
                                extract::<$($arg),*>(&this.arguments, &mut request).await?;
                            let out = (this.function)($($arg),*).await;
                            out.respond(&mut Answer::new(&this.facts, &request))
                        }),
                    }))
                }
            }

            #[diagnostic::do_not_recommend]
            impl<Func, Out, $($arg),*> Handler<($($arg,)*)> for Blocking<Func>
            where
                Func: Fn($($arg),*) -> Out + Send + Sync + 'static,
                Out: Respond + Send + 'static,
                $($arg: Extract + 'static,)*
            {
                fn prepare(
                    self: Arc<Self>,
                    site: &mut Site<'_>,
                ) -> Result<Arc<dyn Endpoint>, Reported> {
                    $(
                        site.taking(std::any::type_name::<$arg>());
                        let $arg = $arg::prepare(site);
                    )*
                    site.at_argument(None);
                    Out::describe(site);
                    Ok(Arc::new(Bound::<Func, ($($arg::Prepared,)*)> {
                        function: Arc::clone(&self.0),
                        arguments: ($($arg?,)*),
                        facts: site.facts(),
                        run: |this, mut request| Box::pin(async move {
                            let ($($arg,)*) =
                                extract::<$($arg),*>(&this.arguments, &mut request).await?;
                            let function = Arc::clone(&this.function);
                            let out = run_blocking(move || function($($arg),*)).await?;
                            out.respond(&mut Answer::new(&this.facts, &request))
                        }),
                    }))
                }
            }
        };
    };
}

handlers!();
handlers!(A1 0);
handlers!(A1 0 A2 1);
handlers!(A1 0 A2 1 A3 2);
handlers!(A1 0 A2 1 A3 2 A4 3);
handlers!(A1 0 A2 1 A3 2 A4 3 A5 4);
handlers!(A1 0 A2 1 A3 2 A4 3 A5 4 A6 5);
handlers!(A1 0 A2 1 A3 2 A4 3 A5 4 A6 5 A7 6);
handlers!(A1 0 A2 1 A3 2 A4 3 A5 4 A6 5 A7 6 A8 7);
