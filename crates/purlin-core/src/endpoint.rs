//! The end of a route's chain: what finally answers.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use http::StatusCode;

use crate::error::{Error, Result, catch};
use crate::request::Request;
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
        let scope = request.scope().cloned();
        let mut answer = Arc::clone(&self.end).call(request);
        Box::pin(async move {
            // A panic is a 500 like another one, and finishes what was begun.
            let answer = poll_fn(|cx| match catch(|| answer.as_mut().poll(cx)) {
                Ok(poll) => poll,
                Err(panic) => Poll::Ready(Err(panic)),
            });
            let answer = answer.await;
            let Some(scope) = scope else { return answer };
            let status = match &answer {
                Ok(response) => response.status(),
                Err(error) => self.status_of(error),
            };
            let finished = scope.finish(status).await;
            let mut response = answer?;
            finished?;
            if matches!(response.body(), crate::body::Body::Stream(_)) {
                let body = response.take_body();
                *response.body_mut() = body.holding(scope);
            }
            Ok(response)
        })
    }
}
