//! Handlers for errors of a type, found along the chain of causes.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

use http::HeaderName;

use super::chain::Chain;
use super::render;
use crate::endpoint::BoxFuture;
use crate::error::{Error, Result};
use crate::report::Reported;
use crate::request::{Facts, Request};
use crate::respond::{Answer, Respond, describe_alternative};
use crate::response::Response;
use crate::services::Resolve;
use crate::site::Site;

/// An error of type `E`, found somewhere along the chain of causes, as an error handler gets it.
///
/// It dereferences to the error; `E` may be [`Error`] itself, which stands for every error.
pub struct Caught<E> {
    error: Arc<Error>,
    facts: Facts,
    kind: PhantomData<fn() -> E>,
}

impl<E> Caught<E> {
    /// The whole error: status, code, chain of causes.
    pub fn error(&self) -> &Error {
        &self.error
    }

    /// What is known of the request that failed.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }
}

impl<E: std::error::Error + 'static> Deref for Caught<E> {
    type Target = E;

    fn deref(&self) -> &E {
        self.error.find().expect("an error handler is only called for its own type of error")
    }
}

impl<E> fmt::Debug for Caught<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

/// What an error handler can be registered for: every `std` error type, and [`Error`] for all.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no error",
    label = "no error",
    note = "an error handler takes `Caught<E>`, where `E` implements `std::error::Error`"
)]
pub trait Catchable: 'static {
    /// Whether it stands for many types of errors, so that a handler for one of them goes first.
    const IS_GENERAL: bool = false;

    /// Whether this error has the type somewhere along its chain of causes.
    fn is_in(error: &Error) -> bool;
}

#[diagnostic::do_not_recommend]
impl<E: std::error::Error + 'static> Catchable for E {
    fn is_in(error: &Error) -> bool {
        error.find::<E>().is_some()
    }
}

impl Catchable for Error {
    const IS_GENERAL: bool = true;

    fn is_in(_error: &Error) -> bool {
        true
    }
}

/// Every error that nobody gave a status, and every panic: the server's own faults.
///
/// `on_error` with `Caught<Unhandled>` leaves 404, 422 and typed problems as they are.
#[derive(Debug)]
#[expect(clippy::exhaustive_enums, reason = "it has no values")]
pub enum Unhandled {}

impl Catchable for Unhandled {
    const IS_GENERAL: bool = true;

    fn is_in(error: &Error) -> bool {
        !error.is_public()
    }
}

/// An async function `(Caught<E>, up to four Resolve arguments) -> impl Respond`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a handler for errors of this type",
    label = "not an error handler",
    note = "an error handler is `async fn(Caught<E>, services…)` and returns a response; `E` implements `std::error::Error`, and a service is `Inject<T>`"
)]
pub trait ErrorHandler<E, Args>: Send + Sync + 'static {
    /// Prepares all arguments.
    #[doc(hidden)]
    fn prepare(self: Arc<Self>, site: &mut Site<'_>) -> Result<Catch, Reported>;
}

type Call = Box<dyn Fn(Caught<()>, Arc<Chain>) -> BoxFuture<Result<Response>> + Send + Sync>;

/// An error handler, prepared for one route.
#[doc(hidden)]
pub struct Catch {
    matches: fn(&Error) -> bool,
    call: Call,
}

impl fmt::Debug for Catch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Catch")
    }
}

impl Catch {
    pub(crate) fn matches(&self, error: &Error) -> bool {
        (self.matches)(error)
    }

    /// Runs the handler. One that fails falls back to the plain answer.
    pub(crate) fn call(
        &self,
        error: Error,
        facts: Facts,
        chain: &Arc<Chain>,
    ) -> BoxFuture<Response> {
        let error = Arc::new(error);
        let caught = Caught { error: Arc::clone(&error), facts: facts.clone(), kind: PhantomData };
        let handled = (self.call)(caught, Arc::clone(chain));
        let chain = Arc::clone(chain);
        Box::pin(async move {
            let mut response = match handled.await {
                Ok(response) => response,
                Err(failed) => return render::plain(failed, &facts, &chain),
            };
            keep_headers(&error, &mut response);
            response.extensions_mut().insert(error);
            response
        })
    }
}

/// `Allow`, `WWW-Authenticate`, `Retry-After`: what an error demands of its answer holds for every
/// answer to it, unless the handler has said otherwise.
fn keep_headers(error: &Error, response: &mut Response) {
    let lacking = |name: &&HeaderName| !response.headers().contains_key(*name);
    let lacking: Vec<_> = error.headers().keys().filter(lacking).cloned().collect();
    for name in lacking {
        for value in error.headers().get_all(&name) {
            response.headers_mut().append(&name, value.clone());
        }
    }
}

macro_rules! error_handlers {
    ($($arg:ident $index:tt)*) => {
        #[allow(non_snake_case, unused_variables, reason = "one macro writes all arities")]
        impl<Func, Fut, Err, Out, $($arg),*> ErrorHandler<Err, ($($arg,)*)> for Func
        where
            Func: Fn(Caught<Err>, $($arg),*) -> Fut + Send + Sync + 'static,
            Fut: Future<Output = Out> + Send + 'static,
            Err: Catchable,
            Out: Respond,
            $($arg: Resolve,)*
        {
            fn prepare(self: Arc<Self>, site: &mut Site<'_>) -> Result<Catch, Reported> {
                $(let $arg = site.needs($arg::prepare);)*
                // What it answers belongs to the document of every route it stands on.
                describe_alternative::<Out>(site, None, "");
                let prepared = Arc::new(($($arg?,)*));
                let call = move |Caught { error, facts, .. }: Caught<()>, chain: Arc<Chain>| {
                    let (function, prepared) = (Arc::clone(&self), Arc::clone(&prepared));
                    let future: BoxFuture<Result<Response>> = Box::pin(async move {
                        let _ = &prepared;
                        let request = Request::of_facts(&facts);
                        let caught = Caught { error, facts, kind: PhantomData };
                        let out = function(caught, $($arg::resolve(&prepared.$index)?),*).await;
                        out.respond(&mut Answer::new(&chain.facts, &request))
                    });
                    future
                };
                Ok(Catch { matches: Err::is_in, call: Box::new(call) })
            }
        }
    };
}

error_handlers!();
error_handlers!(A1 0);
error_handlers!(A1 0 A2 1);
error_handlers!(A1 0 A2 1 A3 2);
error_handlers!(A1 0 A2 1 A3 2 A4 3);
