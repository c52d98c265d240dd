//! Bytes, requests, responses: what a server makes of anything that is sent to it.
//!
//! The server listens on a loopback port of this process, because what carries its connections is
//! no part of its interface. Requests that keep to the grammar of RFC 9112 in the plainest way are
//! read a second time here, and each has to arrive as it was read; whatever else comes, the answers
//! are well-formed, none is a failure of the server, and they do not depend on how the bytes came.
//!
//! Input: a digit or letter for the size of the pieces (`0` all at once), then the bytes.

#![no_main]

use std::net::SocketAddr;
use std::sync::LazyLock;
use std::time::Duration;

use http::{HeaderValue, Method};
use libfuzzer_sys::fuzz_target;
use purlin_core::{App, Body, Facts, Hook, Json, Request, Response, Result, Routes};
use purlin_fuzz::{Exchange, Received, Sheet, block_on, plain_requests, received, serve};
use purlin_server::{Server, ServerConfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// More than a waiting client has: whoever waits that long waits for ever.
const LONG: Duration = Duration::from_secs(600);
/// How many pieces are small.
const PIECES: usize = 48;

/// Says which method an answer is to, without which its end is not known.
struct Named;

impl Hook for Named {
    fn after(&self, facts: &Facts, response: &mut Response) {
        let method = HeaderValue::from_str(facts.method().as_str());
        let method = method.expect("a method is a token");
        response.headers_mut().insert("x-method", method);
    }
}

static ADDRESS: LazyLock<SocketAddr> = LazyLock::new(|| {
    let routes = Routes::new()
        .on(Method::POST, "/unread", async || "unread")
        .on(Method::POST, "/stream", async |body: Body| body)
        .get("/large", async || "x".repeat(70_000));
    let app = App::new("server").hook(Named).routes(routes).fallback(echo).docs(false);
    let service = serve(app);
    let config = ServerConfig::default()
        .port(0)
        .half_close(true)
        .header_timeout(LONG)
        .body_timeout(LONG)
        .keep_alive(LONG);
    block_on(async move {
        let server = Server::bind(&config).expect("there is a free port");
        let address = server.local_addr();
        tokio::spawn(server.serve(service, std::future::pending::<()>()));
        address
    })
});

/// What arrived, as JSON.
async fn echo(mut request: Request) -> Result<Json<Received>> {
    let body = request.take_body().collect(1 << 20).await;
    let body = body.map_err(|_| purlin_core::Error::bad_request("body", "the body broke off"))?;
    let fields = request.headers().iter();
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    Ok(Json(Received {
        method: request.method().to_string(),
        target: request.uri().to_string(),
        fields: fields.map(|(name, value)| (name.to_string(), text(value))).collect(),
        body: body.to_vec(),
    }))
}

fuzz_target!(|data: &[u8]| {
    let mut sheet = Sheet::new(data);
    let piece = sheet.choice(64);
    let bytes = sheet.rest();
    let Some(whole) = answers(bytes, bytes.len()) else { return };
    let expected = plain_requests(bytes);
    check(&expected, &whole, bytes);
    if piece > 0
        && let Some(pieces) = answers(bytes, piece)
    {
        check(&expected, &pieces, bytes);
        same(&whole, &pieces, bytes);
    }
});

/// Sends all bytes on a connection of their own, and reads what comes until the server closes it.
/// `None` where an answer broke off, which a reset tells the client; what came before it is lost.
fn answers(bytes: &[u8], piece: usize) -> Option<Vec<Exchange>> {
    let address = *ADDRESS;
    let shown = String::from_utf8_lossy(bytes);
    let (came, read) = block_on(async {
        let stream = TcpStream::connect(address).await.expect("the server accepts");
        stream.set_nodelay(true).expect("it is a socket");
        let (mut from, mut to) = stream.into_split();
        let mut came = Vec::new();
        let send = async {
            let (small, rest) = bytes.split_at(bytes.len().min(piece.saturating_mul(PIECES)));
            for piece in small.chunks(piece.max(1)).chain([rest]) {
                // A server that has seen enough may have closed already.
                if to.write_all(piece).await.is_err() {
                    break;
                }
                tokio::task::yield_now().await;
            }
            drop(to);
        };
        let (read, ()) = tokio::join!(from.read_to_end(&mut came), send);
        (came, read)
    });
    if let Err(error) = read {
        // Only one handler begins to answer before it has all of the request.
        assert!(shown.contains("/stream"), "{error}: {shown:?}");
        return None;
    }
    let came = received(&came);
    Some(came.unwrap_or_else(|why| panic!("{why} to {shown:?}")))
}

fn check(expected: &[Received], came: &[Exchange], bytes: &[u8]) {
    let shown = String::from_utf8_lossy(bytes);
    for (index, answer) in came.iter().enumerate() {
        assert!(answer.status < 500, "{answer:?} to {shown:?}");
        let is_last = index + 1 == came.len();
        assert!(is_last || !answer.closes, "answers follow {answer:?} to {shown:?}");
    }
    for (request, answer) in expected.iter().zip(came) {
        answer.answers(request).unwrap_or_else(|why| panic!("{why}: {answer:?} to {shown:?}"));
    }
    // Only a body that nobody wanted may end a connection early.
    let is_short = came.len() < expected.len();
    assert!(!is_short || came.last().is_some_and(|last| last.closes), "{came:?} to {shown:?}");
}

/// Whether a fragment of a target is seen, and so refused, or only cut off, depends on how it comes.
/// Whether the server closes after a body that nobody wanted depends on whether it was there, and
/// whether what is no head and has no end is answered (RFC 9112 §8), on whether it came at once.
fn same(whole: &[Exchange], pieces: &[Exchange], bytes: &[u8]) {
    if bytes.contains(&b'#') {
        return;
    }
    let shown = || String::from_utf8_lossy(bytes);
    for (one, other) in whole.iter().zip(pieces) {
        let is_same = one.status == other.status && (one.is_problem() || one.body == other.body);
        assert!(is_same, "{one:?} or {other:?} to {:?}", shown());
    }
    if whole.len() != pieces.len() {
        let (shorter, longer) =
            if whole.len() < pieces.len() { (whole, pieces) } else { (pieces, whole) };
        let closed = shorter.last().is_some_and(|last| last.closes);
        let refused = longer[shorter.len()..].iter().all(Exchange::is_refusal);
        assert!(closed || refused, "{whole:?} or {pieces:?} to {:?}", shown());
    }
}
