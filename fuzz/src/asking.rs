//! An application that is asked in process: assembled, started, and called as a server calls it.

use std::future::poll_fn;
use std::pin::Pin;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use http_body::Body as _;
use purlin_core::{App, Body, Request, Service};
use tokio::runtime::{Builder, Runtime};

/// More than any target's application answers with.
const LARGEST_ANSWER: usize = 16 << 20;

thread_local! {
    static RUNTIME: Runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime of one thread needs nothing that could be missing");
}

/// What an application answered.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The pattern of the route that answered; empty where none did.
    pub route: String,
    /// The status.
    pub status: StatusCode,
    /// The header fields.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
}

impl Answer {
    /// The first value of a header field, empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("we write visible ASCII"))
    }

    /// The body as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("the body is UTF-8")
    }

    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {:?}", self.body))
    }
}

/// Runs a future to its end.
pub fn block_on<F: Future>(future: F) -> F::Output {
    RUNTIME.with(|runtime| runtime.block_on(future))
}

/// Assembles and starts an application, for as long as the process lives.
pub fn serve(app: App) -> Service {
    let assembled = app.without_request_log().assemble();
    let assembled = assembled.unwrap_or_else(|report| panic!("{report}"));
    let started = block_on(assembled.start()).expect("nothing can fail at its start");
    let service = started.service();
    // Stopping it would close what the service needs.
    std::mem::forget(started);
    service
}

/// Asks an application, and reads the answer to its end.
pub fn ask(service: &Service, request: Request) -> Answer {
    block_on(async {
        let mut call = service.call(request);
        let mut response = (&mut call).await;
        let body = read(response.take_body()).await;
        let headers = response.headers().clone();
        let route = call.route().pattern().to_owned();
        Answer { route, status: response.status(), headers, body }
    })
}

/// Reads a body as a server does; its announced length has to be its length.
async fn read(mut body: Body) -> Bytes {
    let hint = body.size_hint();
    let mut all = Vec::new();
    while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        let frame = frame.expect("the answer does not break off");
        all.extend_from_slice(frame.data_ref().map_or(&[], |data| data));
        assert!(all.len() <= LARGEST_ANSWER, "the answer is larger than anything asked for");
    }
    let length = all.len() as u64;
    let is_announced = hint.lower() <= length && hint.upper().is_none_or(|most| length <= most);
    assert!(is_announced, "{length} bytes came, {hint:?} was said");
    all.into()
}
