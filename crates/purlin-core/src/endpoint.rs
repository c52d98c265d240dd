//! The end of a route's chain: what finally answers.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use http::StatusCode;

use crate::body::Body;
use crate::error::{Error, Result, caught};
use crate::request::{Facts, Request};
use crate::response::Response;
use crate::site::{Recognize, RouteFacts, Site};

/// A future on the heap, the one allocation a handler costs.
pub type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// What answers at the end of a chain.
pub trait Endpoint: Send + Sync + 'static {
    /// Answers.
    fn call(self: Arc<Self>, request: Request) -> BoxFuture<Result<Response>>;
}

/// An endpoint whose arguments were prepared, and the function that takes them.
///
/// The route attributes make one for each handler: everything generic about a handler is in one
/// closure, the rest is compiled here, once.
pub struct Prepared<P> {
    /// What the arguments were prepared to.
    pub arguments: P,
    /// What the route knows of itself.
    pub facts: Arc<RouteFacts>,
    run: Run<P>,
}

/// The body of a handler with its extraction before and its response behind it.
pub type Run<P> = fn(Arc<Prepared<P>>, Request) -> BoxFuture<Result<Response>>;

impl<P> fmt::Debug for Prepared<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Prepared({})", self.facts.place.what)
    }
}

impl<P: Send + Sync + 'static> Endpoint for Prepared<P> {
    fn call(self: Arc<Self>, request: Request) -> BoxFuture<Result<Response>> {
        (self.run)(self, request)
    }
}

/// Makes the endpoint of a handler.
pub fn prepared<P: Send + Sync + 'static>(
    site: &Site<'_>,
    arguments: P,
    run: Run<P>,
) -> Arc<dyn Endpoint> {
    Arc::new(Prepared { arguments, facts: site.facts(), run })
}

/// Finishes the request's dependencies right after the handler, so that all steps outside see the
/// true answer; a streamed body keeps them alive until its end.
pub(crate) struct Finishing {
    pub(crate) end: Arc<dyn Endpoint>,
    pub(crate) recognizers: Box<[Recognize]>,
}

impl Finishing {
    /// The status an error will have, also where it lost it by `?` and gets it back later.
    fn status_of(&self, error: &Error) -> StatusCode {
        let outline = self.recognizers.iter().find_map(|recognize| recognize(error));
        match outline {
            Some(outline) if !error.is_public() => outline.status,
            _ => error.status(),
        }
    }
}

impl Endpoint for Finishing {
    fn call(self: Arc<Self>, request: Request) -> BoxFuture<Result<Response>> {
        let Some(scope) = request.scope().cloned() else {
            return Arc::clone(&self.end).call(request);
        };
        let facts = request.facts();
        // A panic is a 500 like another one, and finishes what was begun.
        let answer = caught(Arc::clone(&self.end).call(request));
        Box::pin(async move {
            let answer = answer.await;
            let status = match &answer {
                Ok(response) => response.status(),
                Err(error) => self.status_of(error),
            };
            let mut failures = scope.finish(status).await.into_iter();
            let mut answer = match answer {
                Ok(response) => failures.next().map_or(Ok(response), Err),
                failed => failed,
            };
            failures.for_each(|lost| report(&lost, &facts));
            if let Ok(response) = &mut answer
                && matches!(response.body(), Body::Stream(_))
            {
                let body = response.take_body();
                *response.body_mut() = body.holding(scope);
            }
            answer
        })
    }
}

/// Writes down a failure of finishing that is not the answer, because another one is.
fn report(error: &Error, facts: &Facts) {
    tracing::error!(
        target: "purlin::error",
        method = %facts.method(),
        path = %facts.path(),
        request.id = %facts.id(),
        "a request dependency could not be finished: {error:?}"
    );
}
