//! An application as a `tower` service.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::Body as HttpBody;

use crate::body::{Body, BoxError};
use crate::connection::Connection;
use crate::pipeline::{Call, Service};
use crate::request::Request;

/// The answer of an application that is called as a `tower` service.
#[derive(Debug)]
#[must_use = "a request does nothing until it is awaited"]
pub struct Answering(Call);

impl Future for Answering {
    type Output = Result<http::Response<Body>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let answer = ready!(Pin::new(&mut self.0).poll(cx));
        Poll::Ready(Ok(answer.into_http()))
    }
}

/// It is always ready and never fails.
///
/// A request whose extensions hold an `Arc<Connection>` comes from there; another one is taken for
/// one that was made in process.
impl<B> tower_service::Service<http::Request<B>> for Service
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<B>) -> Answering {
        let (mut head, body) = request.into_parts();
        let connection = head.extensions.remove().unwrap_or_else(Connection::in_process);
        Answering(Self::call(self, Request::from_parts(head, Body::stream(body), connection)))
    }
}
