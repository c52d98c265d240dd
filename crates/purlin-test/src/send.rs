//! The way of a request into the application and of its answer out.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use http::header::SET_COOKIE;
use http::{HeaderMap, Method};
use purlin_core::{Body, Connection, Error, Request, RouteFacts};

use crate::client::Client;
use crate::draft::Letter;
use crate::exchange::Exchange;
use crate::jar::Place;
use crate::redirect;
use crate::response::TestResponse;

/// The most that is read of a body, so that an endless one ends the test.
const MOST: usize = 64 << 20;
/// The most redirects that are followed.
const MOST_HOPS: usize = 10;

/// How a request is sent.
#[derive(Debug, Default)]
pub(crate) struct Manner {
    pub(crate) follows: bool,
    pub(crate) streamed: bool,
    pub(crate) stream: Option<Body>,
}

/// Sends a request, and what follows from redirects where they are followed.
pub(crate) async fn send(client: Client, mut letter: Letter, manner: Manner) -> TestResponse {
    let Manner { follows, streamed, mut stream } = manner;
    let mut hops = Vec::new();
    loop {
        let was_stream = stream.is_some();
        let mut response = once(&client, letter.clone(), stream.take(), streamed).await;
        response.exchange.hops.clone_from(&hops);
        check(&letter, &response);
        let status = response.status();
        let next = redirect::next(&letter, status, response.headers()).filter(|_| follows);
        let Some(next) = next else { return response };
        if hops.len() == MOST_HOPS {
            response.fail("the request was redirected more than ten times");
        }
        if was_stream && next.method != Method::GET {
            response.fail("a streamed body cannot be sent again to where the redirect leads");
        }
        hops.push(format!("{} {} → {}", letter.method, letter.target, status.as_u16()));
        letter = next;
    }
}

/// Ends the test when the answer is another than the document promises.
fn check(letter: &Letter, response: &TestResponse) {
    let Exchange { method, status, headers, body, route, broken, .. } = &response.exchange;
    if !letter.conformance {
        return;
    }
    let is_whole = response.rest.is_none() && broken.is_none();
    let body = is_whole.then_some(&body[..]);
    let violations = response.subject.violations(route, method, *status, headers, body);
    if !violations.is_empty() {
        let list = violations.join("\n  ");
        response.fail(&format!(
            "the answer is another than the OpenAPI document promises:\n  {list}\n\
             (a request that shall be left alone says `.without_conformance()`)"
        ));
    }
}

async fn once(
    client: &Client,
    letter: Letter,
    stream: Option<Body>,
    streamed: bool,
) -> TestResponse {
    let (host, uri) = (letter.host(), letter.uri());
    let path = Place { host: &host, path: uri.path(), secure: letter.secure };
    let head = letter.head(client.jar().send(path), stream.is_some());
    let request_headers = head.headers.clone();
    let request_body = stream.is_none().then(|| letter.body.clone());
    let body = stream.unwrap_or_else(|| Body::from(letter.body.clone()));
    let request = Request::from_parts(head, body, connection(&letter));
    let mut call = client.subject.service.call(request);
    let mut response = (&mut call).await;
    let mut refused = Vec::new();
    for cookie in response.headers().get_all(SET_COOKIE) {
        let cookie = String::from_utf8_lossy(cookie.as_bytes());
        if let Err(why) = client.jar().keep(&cookie, path) {
            let name = cookie.split(['=', ';']).next().unwrap_or_default();
            refused.push(format!("no browser keeps the cookie `{}`: {why}", name.trim()));
        }
    }
    let rerouted = response.extensions().get::<Arc<RouteFacts>>().cloned();
    let mut exchange = Exchange {
        method: letter.method,
        request_headers,
        request_body,
        status: response.status(),
        headers: response.headers().clone(),
        trailers: None,
        body: Bytes::new(),
        broken: None,
        error: response.extensions().get::<Arc<Error>>().cloned(),
        route: rerouted.unwrap_or_else(|| call.route()),
        hops: Vec::new(),
        refused,
        place: letter.place,
        uri,
    };
    let mut rest = Some(response.take_body());
    let is_stream = matches!(rest, Some(Body::Stream(_)));
    if !(streamed && is_stream)
        && let Some(body) = rest.take()
    {
        (exchange.body, exchange.trailers, exchange.broken) = read(body).await;
    }
    TestResponse { exchange, rest, subject: Arc::clone(&client.subject) }
}

/// Where the request comes from: out of this process, unless the test says otherwise.
fn connection(letter: &Letter) -> Arc<Connection> {
    let connection = match letter.peer {
        Some(peer) => Arc::new(Connection::new(Some(peer))),
        None => Connection::in_process(),
    };
    if letter.secure { Arc::new(Connection::clone(&connection).over_tls()) } else { connection }
}

/// Reads a body to its end, and keeps what came before it broke off.
async fn read(mut body: Body) -> (Bytes, Option<HeaderMap>, Option<String>) {
    let mut all = BytesMut::new();
    let mut trailers = None;
    while let Some(frame) = body.frame().await {
        let frame = match frame {
            Ok(frame) => frame,
            Err(error) => return (all.freeze(), trailers, Some(error.to_string())),
        };
        match frame.into_data() {
            Ok(data) => all.extend_from_slice(&data),
            Err(other) => trailers = other.into_trailers().ok(),
        }
        if all.len() > MOST {
            let why = "the test client reads 64 MiB at most; say `.streamed()` to read more";
            return (all.freeze(), trailers, Some(why.to_owned()));
        }
    }
    (all.freeze(), trailers, None)
}
