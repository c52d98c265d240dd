//! What a `tower` service of HTTP is, said once.

use bytes::Bytes;
use http_body::Body as HttpBody;
use tower_service::Service;

use crate::body::{Body, BoxError};

/// A `tower` service that answers requests of HTTP: every type that is
/// `Service<http::Request<Body>, Response = http::Response<B>>` and can be cloned and shared.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no service that answers requests of HTTP",
    label = "not such a service",
    note = "it is a `tower::Service` of `http::Request<purlin::Body>` that gives an `http::Response`, is `Clone + Send + Sync + 'static`, and whose future is `Send`"
)]
pub trait HttpService<B>:
    Service<
        http::Request<Body>,
        Response = http::Response<B>,
        Error: Into<BoxError>,
        Future: Send + 'static,
    > + Clone
    + Send
    + Sync
    + 'static
{
}

#[diagnostic::do_not_recommend]
impl<B, S> HttpService<B> for S
where
    S: Service<http::Request<Body>, Response = http::Response<B>>,
    S: Clone + Send + Sync + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send + 'static,
{
}

/// The body of an answer of a [`HttpService`].
pub trait HttpContent: HttpBody<Data = Bytes, Error: Into<BoxError>> + Send + 'static {}

#[diagnostic::do_not_recommend]
impl<B> HttpContent for B
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
}
