//! Layers of others as middleware.

use std::convert::Infallible;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use tower_layer::Layer;
use tower_service::Service;

use super::alias::{HttpContent, HttpService};
use crate::app::App;
use crate::body::Body;
use crate::error::{Error, Result};
use crate::pipeline::{Around, InRoom, Next, StepSource};
use crate::report::Place;
use crate::request::{Request, Rest};
use crate::response::Response;
use crate::routes::Routes;

/// What a layer is put around: everything further in.
///
/// It answers requests that came to the layer's service, with whatever it changed of them; one that
/// it made itself has nowhere to go and is a 500.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Inner {}

/// What a request needs to go on, while a layer has it.
#[derive(Clone)]
struct Carried(Arc<Mutex<Option<(Next, Rest)>>>);

impl Routes {
    /// Puts a `tower` layer around these routes, as [`middleware`](Self::middleware) puts a
    /// function; the first one added is the outermost.
    ///
    /// The layer is applied once, and its service cloned per request. What it fails with is a 500,
    /// unless it is made a response inside of the layer.
    ///
    /// ```
    /// use purlin_core::Routes;
    /// use tower_layer::Identity;
    ///
    /// let routes = Routes::new().get("/", async || "hello").layer(Identity::new());
    /// ```
    #[track_caller]
    pub fn layer<L, B>(self, layer: L) -> Self
    where
        L: Layer<Inner, Service: HttpService<B>>,
        B: HttpContent,
    {
        let name = crate::report::short_type_name::<L>();
        let place = Place::caller(std::any::type_name::<L>());
        let service: Arc<dyn Around> = Arc::new(Layered(layer.layer(Inner {}), PhantomData));
        self.step(StepSource::around(name, place, service))
    }
}

impl App {
    /// Puts a `tower` layer around everything, as [`Routes::layer`] does around some routes.
    #[track_caller]
    pub fn layer<L, B>(mut self, layer: L) -> Self
    where
        L: Layer<Inner, Service: HttpService<B>>,
        B: HttpContent,
    {
        self.routes = self.routes.layer(layer);
        self
    }
}

/// A layer may have put another body around the request's: one that is unpacked, counted, limited.
impl<B: HttpContent> Service<http::Request<B>> for Inner {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<http::Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        let mut request = request.map(Body::of);
        let carried = request.extensions_mut().remove::<Carried>();
        let carried = carried
            .and_then(|carried| carried.0.lock().unwrap_or_else(PoisonError::into_inner).take());
        Box::pin(async move {
            let Some((next, rest)) = carried else { return Ok(nowhere()) };
            Ok(next.run(Request::join(request, rest)).await.into_http())
        })
    }
}

/// A request that a layer made itself, or sent twice: what is further in runs once.
#[cold]
fn nowhere() -> http::Response<Body> {
    tracing::error!(target: "purlin::error", "a layer sent a request that did not come to it, or one of them twice");
    let mut response = http::Response::new(Body::Empty);
    *response.status_mut() = http::StatusCode::INTERNAL_SERVER_ERROR;
    response
}

struct Layered<S, B>(S, PhantomData<fn() -> B>);

impl<S: HttpService<B>, B: HttpContent> Around for Layered<S, B> {
    fn call(self: Arc<Self>, request: Request, next: Next) -> InRoom {
        let mut service = self.0.clone();
        InRoom::new(async move {
            let (mut request, rest) = request.split();
            request.extensions_mut().insert(Carried(Arc::new(Mutex::new(Some((next, rest))))));
            let failed = |error: S::Error| Error::internal(error.into());
            poll_fn(|cx| service.poll_ready(cx)).await.map_err(failed)?;
            Ok(Response::from(service.call(request).await.map_err(failed)?))
        })
    }
}
