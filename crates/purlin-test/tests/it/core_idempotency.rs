//! Requests that are carried out once: draft-ietf-httpapi-idempotency-key.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http::{HeaderValue, Method, StatusCode};
use purlin_core::{
    App, Begun, Body, BoxFuture, Idempotency, IdempotencyKey, IdempotencyMemory, IdempotencyStore,
    Inject, Query, Request, Response, Routes, StoredAnswer, Text, Unchecked,
};
use purlin_test::{TestApp, TestResponse};
use tokio::sync::Notify;

use crate::ask::told;

#[derive(Default)]
struct Till {
    payments: AtomicUsize,
    entered: Notify,
    gate: Notify,
}

type Wish = Query<Unchecked<std::collections::HashMap<String, String>>>;

/// Answers with the number of payments until now, in the way that the query wishes.
async fn pay(wish: Wish, Text(body): Text, till: Inject<Till>) -> Response {
    let number = till.payments.fetch_add(1, Ordering::SeqCst) + 1;
    let is_wished = |name: &str| wish.contains_key(name);
    if is_wished("wait") {
        till.entered.notify_one();
        till.gate.notified().await;
    }
    let status = wish.get("status").and_then(|status| status.parse().ok());
    let mut response = Response::text(
        StatusCode::from_u16(status.unwrap_or(201)).unwrap(),
        format!("{number} {body}"),
    );
    response.set_header("x-number", &number.to_string()).unwrap();
    if is_wished("stream") {
        *response.body_mut() = Body::produce(|chunks| async move {
            chunks.send("chunk").await?;
            Ok(())
        });
    }
    response
}

async fn shop(idempotency: Idempotency) -> TestApp {
    let routes = Routes::new().post("/pay", pay).put("/pay", pay).middleware(idempotency);
    let pays = async |till: Inject<Till>| format!("{}", till.payments.load(Ordering::SeqCst));
    let app = App::new("shop").provide(Till::default()).routes(routes);
    TestApp::start(app.routes(Routes::new().get("/pays", pays))).await
}

/// Sends `POST /pay…` with a key and a body.
async fn send(app: &TestApp, query: &str, key: &str, body: &'static str) -> TestResponse {
    let draft = app.post(format!("/pay{query}")).header("idempotency-key", key);
    draft.header("content-type", "text/plain").body(body).without_conformance().await
}

#[tokio::test]
async fn the_first_answer_is_sent_again() {
    let app = shop(Idempotency::required()).await;
    let first = send(&app, "", "\"a\"", "x").await;
    assert_eq!(told(&first), "201 1 x");
    assert_eq!(first.header("idempotency-replayed"), None);
    for key in ["\"a\"", "a", " a "] {
        let again = send(&app, "", key, "x").await;
        assert_eq!((told(&again), again.header("x-number")), ("201 1 x".to_owned(), Some("1")));
        assert_eq!(again.header("idempotency-replayed"), Some("true"));
        assert_eq!(again.header("content-type"), Some("text/plain; charset=utf-8"));
    }
    assert_eq!(told(&send(&app, "", "b", "x").await), "201 2 x");
    assert_eq!(told(&send(&app, "", "a", "y").await), "422 idempotency_key_reused");
    assert_eq!(told(&send(&app, "?other", "a", "x").await), "422 idempotency_key_reused");
}

#[tokio::test]
async fn a_key_is_demanded_where_it_is_required_and_checked_where_it_is_sent() {
    let app = shop(Idempotency::required()).await;
    assert_eq!(told(&app.post("/pay").body("x").await), "400 missing_idempotency_key");
    let long = "k".repeat(256);
    for wrong in ["", "\"", "\"\"", "a b", "\"a\"b\"", long.as_str()] {
        assert_eq!(
            told(&send(&app, "", wrong, "x").await),
            "400 invalid_idempotency_key",
            "{wrong}"
        );
    }
    let two = app.post("/pay").header("idempotency-key", "a").header("idempotency-key", "b");
    assert_eq!(told(&two.body("x").await), "400 invalid_idempotency_key");
    let put = app.request(Method::PUT, "/pay").header("content-type", "text/plain").body("x");
    assert_eq!(told(&put.without_conformance().await), "201 1 x", "PUT may be repeated as it is");
    let app = shop(Idempotency::optional()).await;
    for number in 1..3 {
        let draft = app.post("/pay").header("content-type", "text/plain").body("x");
        assert_eq!(told(&draft.without_conformance().await), format!("201 {number} x"));
    }
}

#[tokio::test]
async fn another_client_with_the_same_key_is_another_request() {
    let app = shop(Idempotency::required()).await;
    let ask = async |name: &'static str, value: &'static str| {
        let draft = app.post("/pay").header("idempotency-key", "a").header(name, value);
        let draft = draft.header("content-type", "text/plain").body("x");
        told(&draft.without_conformance().await)
    };
    assert_eq!(ask("authorization", "Bearer 1").await, "201 1 x");
    assert_eq!(ask("authorization", "Bearer 2").await, "201 2 x");
    assert_eq!(ask("cookie", "session=1").await, "201 3 x");
    assert_eq!(ask("authorization", "Bearer 1").await, "201 1 x");
    assert_eq!(ask("host", "acme.example.com").await, "201 4 x");
    assert_eq!(ask("host", "beta.example.com").await, "201 5 x");
    assert_eq!(ask("host", "ACME.example.com.:80").await, "201 4 x");
    let by_user = Idempotency::required()
        .scope(|facts| facts.header("x-user").unwrap_or_default().to_owned());
    let app = shop(by_user).await;
    let ask = async |user: &'static str, token: &'static str| {
        let draft = app.post("/pay").header("idempotency-key", "a").header("x-user", user);
        let draft = draft.header("authorization", token).header("content-type", "text/plain");
        told(&draft.body("x").without_conformance().await)
    };
    assert_eq!(ask("ann", "1").await, "201 1 x");
    assert_eq!(ask("ann", "2").await, "201 1 x");
    assert_eq!(ask("bob", "2").await, "201 2 x");
}

#[tokio::test]
async fn failures_are_carried_out_anew_and_refusals_are_not() {
    let app = shop(Idempotency::required()).await;
    assert_eq!(told(&send(&app, "?status=503", "a", "x").await), "503 1 x");
    assert_eq!(told(&send(&app, "?status=503", "a", "x").await), "503 2 x");
    assert_eq!(told(&send(&app, "?status=429", "b", "x").await), "429 3 x");
    assert_eq!(told(&send(&app, "?status=429", "b", "x").await), "429 4 x");
    assert_eq!(told(&send(&app, "?status=402", "c", "x").await), "402 5 x");
    assert_eq!(told(&send(&app, "?status=402", "c", "x").await), "402 5 x");
    for (status, first) in [(401, 6), (403, 8)] {
        for number in [first, first + 1] {
            let answer = send(&app, &format!("?status={status}"), &status.to_string(), "x").await;
            assert_eq!(told(&answer), format!("{status} {number} x"));
        }
    }
}

#[tokio::test]
async fn what_is_too_large_to_be_kept_is_not_carried_out_twice() {
    let app = shop(Idempotency::required().answer_limit(3)).await;
    assert_eq!(told(&send(&app, "", "a", "xy").await), "201 1 xy");
    assert_eq!(told(&send(&app, "", "a", "xy").await), "409 answer_not_kept");
    assert_eq!(told(&send(&app, "?stream", "b", "x").await), "201 chunk");
    assert_eq!(told(&send(&app, "?stream", "b", "x").await), "409 answer_not_kept");
    assert_eq!(told(&send(&app, "", "c", "x").await), "201 3 x");
}

#[tokio::test]
async fn memory_is_bounded_by_number_bytes_and_time() {
    let two = IdempotencyMemory::default().most(2);
    let app = shop(Idempotency::required().store(Arc::new(two))).await;
    for (key, number) in [("a", 1), ("b", 2), ("c", 3), ("c", 3), ("b", 2), ("a", 4)] {
        assert_eq!(told(&send(&app, "", key, "x").await), format!("201 {number} x"), "{key}");
    }
    let small = IdempotencyMemory::default().most_bytes(1);
    let app = shop(Idempotency::required().store(Arc::new(small))).await;
    assert_eq!(told(&send(&app, "", "a", "x").await), "201 1 x");
    assert_eq!(told(&send(&app, "", "a", "x").await), "409 answer_not_kept");
    let app = shop(Idempotency::required().kept_for(Duration::ZERO)).await;
    assert_eq!(told(&send(&app, "", "a", "x").await), "201 1 x");
    assert_eq!(told(&send(&app, "", "a", "x").await), "201 2 x");
}

fn waiting(key: &str) -> Request {
    let mut request = Request::new(Method::POST, "/pay?wait");
    let headers = request.headers_mut();
    headers.insert("idempotency-key", HeaderValue::try_from(key).unwrap());
    headers.insert("content-type", HeaderValue::from_static("text/plain"));
    *request.body_mut() = Body::from("x");
    request
}

/// Nothing cuts the first one short: its client leaves, and the one that repeats gets its answer.
#[tokio::test]
async fn while_the_first_is_carried_out_others_are_409_also_when_its_client_has_left() {
    let till = Arc::new(Till::default());
    let memory = IdempotencyMemory::default().most(1);
    let idempotency = Idempotency::required().store(Arc::new(memory));
    let routes = Routes::new().post("/pay", pay).middleware(idempotency);
    let app = App::new("shop").provide_as::<Till>(Arc::clone(&till)).routes(routes);
    let app = TestApp::start(app).await;
    let service = app.service();
    tokio::select! {
        _ = service.call(waiting("a")) => panic!("the gate is closed"),
        () = till.entered.notified() => {}
    }
    let status = async |key: &str| service.call(waiting(key)).await.status().as_u16();
    assert_eq!(status("a").await, 409);
    assert_eq!(status("b").await, 503, "what is carried out is never forgotten");
    till.gate.notify_one();
    while status("a").await == 409 {
        tokio::task::yield_now().await;
    }
    let again = service.call(waiting("a")).await;
    assert_eq!(again.bytes(), Some(&b"1 x"[..]));
    app.stop().await;
}

/// A store that takes its time, and may be asked no further.
struct Slow {
    memory: IdempotencyMemory,
    noted: Arc<Notify>,
    gate: Arc<Notify>,
    fails: bool,
}

impl IdempotencyStore for Slow {
    fn begin(
        &self,
        key: IdempotencyKey,
        fingerprint: [u8; 32],
        kept_for: Duration,
    ) -> BoxFuture<purlin_core::Result<Begun>> {
        let begun = self.memory.begin(key, fingerprint, kept_for);
        let (noted, gate) = (Arc::clone(&self.noted), Arc::clone(&self.gate));
        Box::pin(async move {
            let begun = begun.await;
            noted.notify_one();
            gate.notified().await;
            begun
        })
    }

    fn finish(&self, key: IdempotencyKey, answer: StoredAnswer) -> BoxFuture<purlin_core::Result> {
        assert!(!self.fails, "the disk is full");
        self.memory.finish(key, answer)
    }

    fn release(&self, key: IdempotencyKey) -> BoxFuture<purlin_core::Result> {
        self.memory.release(key)
    }
}

fn slow(fails: bool) -> (Arc<Slow>, Idempotency) {
    let (noted, gate) = (Arc::default(), Arc::default());
    let store = Arc::new(Slow { memory: IdempotencyMemory::default(), noted, gate, fails });
    let idempotency = Idempotency::required().store(Arc::<Slow>::clone(&store));
    (store, idempotency)
}

/// A key that was noted for a client that has left would be in use for a day, and nothing done.
#[tokio::test]
async fn a_client_that_leaves_while_its_key_is_noted_is_served_all_the_same() {
    let (store, idempotency) = slow(false);
    let app = shop(idempotency).await;
    let service = app.service();
    let paying = || {
        let mut request = waiting("a");
        *request.uri_mut() = "/pay".parse().unwrap();
        request
    };
    tokio::select! {
        _ = service.call(paying()) => panic!("the gate is closed"),
        () = store.noted.notified() => {}
    }
    store.gate.notify_one();
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    app.get("/pays").await.assert_text("1");
    store.gate.notify_one();
    let again = service.call(paying()).await;
    assert_eq!((again.status().as_u16(), again.bytes()), (201, Some(&b"1 x"[..])));
}

#[tokio::test]
async fn an_answer_that_cannot_be_kept_is_sent_and_the_log_says_why() {
    let (store, idempotency) = slow(true);
    let app = shop(idempotency).await;
    let log = crate::log::Capture::begin();
    store.gate.notify_one();
    assert_eq!(told(&send(&app, "", "a", "x").await), "201 1 x");
    let lines = log.lines();
    assert!(lines.contains("could not be kept") && lines.contains("the disk is full"), "{lines}");
}

#[tokio::test]
async fn the_document_has_the_key_and_what_can_be_wrong_with_it() {
    let app = shop(Idempotency::required()).await;
    let operations = &app.openapi()["paths"]["/pay"];
    let key = &operations["post"]["parameters"][0];
    assert_eq!((&key["name"], &key["required"]), (&"Idempotency-Key".into(), &true.into()));
    for status in ["400", "409", "422"] {
        assert!(operations["post"]["responses"][status].is_object(), "{status}");
    }
    assert!(!operations["put"]["parameters"].to_string().contains("Idempotency-Key"));
}
