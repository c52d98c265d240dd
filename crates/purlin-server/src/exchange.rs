//! One request and its answer: where hyper's types become those of the application, and back.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::header::{CONNECTION, EXPECT, RETRY_AFTER, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderValue, StatusCode, Uri};
use http_body::{Body as _, Frame, SizeHint};
use hyper::body::Incoming;
use purlin_core::{Body, BoxError, Call, Connection, Error, Request, Response};

use crate::flights::Flight;
use crate::hosts::are_allowed;
use crate::portions::portioned;
use crate::reads::Requests;
use crate::shared::Shared;
use crate::transfer::{Transfer, Upload};
use crate::transport::Transport;
use crate::wire::Wire;

/// Hands the requests of one connection on to the application.
pub(crate) struct Exchanges<T> {
    pub(crate) shared: Arc<Shared>,
    pub(crate) connection: Arc<Connection>,
    pub(crate) wire: Wire<T>,
    pub(crate) requests: Arc<Requests>,
}

impl<T: Transport> hyper::service::Service<http::Request<Incoming>> for Exchanges<T> {
    type Response = http::Response<Outgoing>;
    type Error = Infallible;
    type Future = Exchange;

    fn call(&self, request: http::Request<Incoming>) -> Exchange {
        // The head goes to its place at once: whoever looks at it before has it copied once more.
        let (head, incoming) = request.into_parts();
        let mut request = Request::from_parts(head, Body::Empty, Arc::clone(&self.connection));
        let mut closes = self.shared.switch.is_stopping();
        let (has_fragment, requests) = self.requests.begin();
        let transfer = if incoming.is_end_stream() {
            None
        } else {
            closes |= has_odd_coding(request.headers());
            Some(self.begin_body(incoming, &mut request))
        };
        if requests >= self.shared.limits.requests {
            self.shared.stats.use_up();
            closes = true;
        }
        let is_too_long = length(request.uri()) > self.shared.limits.uri;
        if let Some(forwarding) = &self.shared.proxies.forwarding
            && let Some(client) = forwarding.apply(request.headers_mut(), &self.connection)
        {
            request.set_connection(Arc::new(client));
        }
        let hosts = &self.shared.hosts;
        let is_misdirected =
            !hosts.is_empty() && !are_allowed(hosts, request.headers(), request.uri());
        let asks_for_life = || self.shared.service.asks_for_life(request.method(), request.path());
        let flight = self.shared.flights.begin(&self.shared.stats, asks_for_life);
        let call = if is_too_long {
            self.shared.service.refuse(request, too_long(self.shared.limits.uri))
        } else if has_fragment {
            self.shared.service.refuse(request, fragment())
        } else if flight.is_none() {
            self.shared.service.refuse(request, overloaded())
        } else if is_misdirected {
            self.shared.service.refuse(request, misdirected())
        } else {
            self.shared.service.call(request)
        };
        Exchange { call, answer: None, transfer, closes, flight }
    }
}

impl<T: Transport> Exchanges<T> {
    /// Gives a request its body.
    fn begin_body(&self, incoming: Incoming, request: &mut Request) -> Arc<Transfer> {
        let is_held_back = request.headers().contains_key(EXPECT);
        let stats = Arc::clone(&self.shared.stats);
        let (upload, transfer) = Upload::new(incoming, is_held_back, stats);
        *request.body_mut() = Body::unpinned(upload);
        self.wire.lock().reads().begin_body(Arc::clone(&transfer));
        transfer
    }
}

/// The answer to one request, to be.
pub(crate) struct Exchange {
    call: Call,
    /// The answer, while what is left of the request is looked at.
    answer: Option<Response>,
    transfer: Option<Arc<Transfer>>,
    /// Whether it is the last answer of the connection.
    closes: bool,
    flight: Option<Flight>,
}

impl Future for Exchange {
    type Output = Result<http::Response<Outgoing>, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        if this.transfer.is_some() {
            return this.poll_after_body(cx);
        }
        let answer = ready!(Pin::new(&mut this.call).poll(cx));
        Poll::Ready(Ok(this.outgoing(answer)))
    }
}

impl Exchange {
    /// Looks at what the handler left of the body, when it has answered.
    fn poll_after_body(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<http::Response<Outgoing>, Infallible>> {
        let answer = match self.answer.take() {
            Some(answer) => answer,
            None => ready!(self.poll_call(cx)),
        };
        if let Some(transfer) = &self.transfer {
            if transfer.poll_judge(cx).is_pending() {
                self.answer = Some(answer);
                return Poll::Pending;
            }
            self.closes |= transfer.is_lost();
        }
        Poll::Ready(Ok(self.outgoing(answer)))
    }

    /// Polls the application, which is not to blame when time runs out while the client is awaited.
    fn poll_call(&mut self, cx: &mut Context<'_>) -> Poll<Response> {
        let stalled = self.transfer.as_ref().filter(|transfer| transfer.is_stalled());
        self.call.awaits_client(stalled.is_some());
        let answer = ready!(Pin::new(&mut self.call).poll(cx));
        if let Some(transfer) = stalled
            && answer.status() == StatusCode::REQUEST_TIMEOUT
        {
            transfer.timed_out();
        }
        Poll::Ready(answer)
    }

    fn outgoing(&mut self, mut answer: Response) -> http::Response<Outgoing> {
        // RFC 9112 §9.6: the client is told that the connection ends with this answer.
        if self.closes {
            answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        let (transfer, flight) = (self.transfer.take(), self.flight.take());
        answer.into_http_with(|body| Outgoing { body: portioned(body), transfer, _flight: flight })
    }
}

/// The body of an answer; with it goes the knowledge that the answer is not out yet.
pub(crate) struct Outgoing {
    body: Body,
    transfer: Option<Arc<Transfer>>,
    /// A request is in flight until its answer has been handed to the protocol to its end.
    _flight: Option<Flight>,
}

impl http_body::Body for Outgoing {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Outgoing {
    fn drop(&mut self) {
        if let Some(transfer) = &self.transfer {
            transfer.set_answered();
        }
    }
}

/// Whether the body is coded in a way that the application will refuse: where it ends is then a
/// matter of opinion, and nothing after it is taken for a request.
fn has_odd_coding(headers: &HeaderMap) -> bool {
    let mut codings = headers.get_all(TRANSFER_ENCODING).iter();
    let is_chunked = |coding: &HeaderValue| coding.as_bytes().eq_ignore_ascii_case(b"chunked");
    codings.next().is_some_and(|first| !is_chunked(first)) || codings.next().is_some()
}

fn length(uri: &Uri) -> usize {
    let path = uri.path_and_query().map_or(0, |path| path.as_str().len());
    path + uri.authority().map_or(0, |authority| authority.as_str().len())
}

#[cold]
fn overloaded() -> Error {
    let detail = "too many requests are being answered; come again later";
    Error::new(StatusCode::SERVICE_UNAVAILABLE, "overloaded", detail)
        .with_header(RETRY_AFTER, HeaderValue::from_static("1"))
        .without_log()
}

/// RFC 9110 §15.5.20
#[cold]
fn misdirected() -> Error {
    let detail = "this server does not answer for the host of the request";
    Error::new(StatusCode::MISDIRECTED_REQUEST, "unknown_host", detail)
        .with_help("add the host to `server.allowed_hosts`, if it is one of the site")
}

#[cold]
fn fragment() -> Error {
    Error::bad_request("invalid_target", "the request target has a fragment")
}

#[cold]
fn too_long(limit: usize) -> Error {
    let detail = format!("the request target is longer than {limit} bytes");
    Error::new(StatusCode::URI_TOO_LONG, "uri_too_long", detail).with_member("limit", limit)
}
