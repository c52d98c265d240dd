//! Services of others as routes.

use std::any::TypeId;
use std::fmt;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::sync::Arc;

use http::Uri;
use http::uri::PathAndQuery;

use super::alias::{HttpContent, HttpService};
use crate::body::Body;
use crate::endpoint::{BoxFuture, Endpoint};
use crate::error::{Error, Result};
use crate::extract::ClientAddress;
use crate::report::{Place, Reported};
use crate::request::Request;
use crate::response::Response;
use crate::routes::{RouteDoc, RouteSource, Routes};
use crate::site::Site;

/// The name of what is behind a prefix, among the parameters of the path.
const REST: &str = "rest";

impl Routes {
    /// Hands every request under a prefix, of any method, on to a `tower` service: a router of
    /// axum, a service of tonic, another application.
    ///
    /// The service sees the path without the prefix, `/` at least. The steps of this application
    /// run around it, and its errors become a 500. The extensions of the request hold an
    /// `Arc<Connection>`, and [`ClientAddress`] where there is one. Routes of a method of their own
    /// go before it. It is not part of the OpenAPI document, and limits its bodies itself.
    ///
    /// ```
    /// # use std::convert::Infallible;
    /// # use purlin_core::{App, Body, Routes};
    /// # fn legacy() -> purlin_core::Service {
    /// #     tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// #         App::new("legacy").assemble().unwrap().start().await.unwrap().service()
    /// #     })
    /// # }
    /// let routes = Routes::new().mount("/legacy", legacy());
    /// ```
    #[track_caller]
    pub fn mount<S, B>(mut self, prefix: &str, service: S) -> Self
    where
        S: HttpService<B>,
        B: HttpContent,
    {
        let prefix = prefix.trim_end_matches('/');
        let place = Place::caller(std::any::type_name::<S>());
        let source: Arc<dyn RouteSource> = Arc::new(Mounted { service, place, body: PhantomData });
        // A tail has at least one byte, so that the end of the prefix needs routes of its own.
        for pattern in ["", "/", "/{*rest}"] {
            if !(prefix.is_empty() && pattern.is_empty()) {
                self = self.any_source(format!("{prefix}{pattern}"), Arc::clone(&source));
            }
        }
        self
    }
}

struct Mounted<S, B> {
    service: S,
    place: Place,
    body: PhantomData<fn() -> B>,
}

impl<S, B> fmt::Debug for Mounted<S, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.place.what)
    }
}

impl<S: HttpService<B>, B: HttpContent> RouteSource for Mounted<S, B> {
    fn place(&self) -> Place {
        self.place
    }

    fn doc(&self) -> RouteDoc {
        RouteDoc::new("").hidden()
    }

    fn id(&self) -> Option<TypeId> {
        None
    }

    fn prepare(&self, site: &mut Site<'_>) -> Result<Arc<dyn Endpoint>, Reported> {
        let mut rest = None;
        for name in site.path_parameters().to_vec() {
            let index = site.path_parameter(&name)?;
            if name == REST {
                rest = Some(index);
            }
        }
        Ok(Arc::new(MountedEnd { service: self.service.clone(), rest, body: PhantomData }))
    }
}

/// The end of a chain that goes on elsewhere.
struct MountedEnd<S, B> {
    service: S,
    body: PhantomData<fn() -> B>,
    /// Where what is behind the prefix is among the parameters.
    rest: Option<usize>,
}

impl<S: HttpService<B>, B: HttpContent> Endpoint for MountedEnd<S, B> {
    fn call(self: Arc<Self>, request: Request) -> BoxFuture<Result<Response>> {
        let mut service = self.service.clone();
        Box::pin(async move {
            let request = handed_on(request, self.rest)?;
            let failed = |error: S::Error| Error::internal(error.into());
            poll_fn(|cx| service.poll_ready(cx)).await.map_err(failed)?;
            let response = service.call(request).await.map_err(failed)?;
            Ok(Response::from(response))
        })
    }
}

/// The request as the service sees it: below its prefix.
fn handed_on(request: Request, rest: Option<usize>) -> Result<http::Request<Body>> {
    let rest = rest.and_then(|index| request.capture(index)).unwrap_or_default();
    let path = match request.query() {
        "" => format!("/{rest}"),
        query => format!("/{rest}?{query}"),
    };
    let (connection, client) = (Arc::clone(request.connection()), request.client_address());
    let (mut head, body) = request.into_parts();
    let mut parts = std::mem::take(&mut head.uri).into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(path)?);
    head.uri = Uri::from_parts(parts)?;
    head.extensions.insert(connection);
    if let Some(client) = client {
        head.extensions.insert(ClientAddress(client));
    }
    Ok(http::Request::from_parts(head, body))
}
