//! Requests that are carried out once: draft-ietf-httpapi-idempotency-key.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http::{HeaderValue, Method, StatusCode};
use purlin_core::{
    App, Begun, Body, BoxFuture, Condition, Error, Extract, Fault, FaultIn, Idempotency,
    IdempotencyKey, IdempotencyMemory, IdempotencyStore, Inject, Json, Query, Reported, Request,
    Response, Routes, Site, StoredAnswer, Text, Unchecked, Versions,
};
use purlin_test::{TestApp, TestResponse, until};
use schemars::JsonSchema;
use serde::Deserialize;
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
    assert!(!is_wished("panic"), "the bank is gone");
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
    assert_eq!(told(&send(&app, "?status=422", "d", "x").await), "422 6 x");
    assert_eq!(told(&send(&app, "?status=422", "d", "x").await), "422 6 x");
    for (status, first) in [(401, 7), (403, 9)] {
        for number in [first, first + 1] {
            let answer = send(&app, &format!("?status={status}"), &status.to_string(), "x").await;
            assert_eq!(told(&answer), format!("{status} {number} x"));
        }
    }
}

#[tokio::test]
async fn a_handler_that_panics_is_asked_again() {
    let app = shop(Idempotency::required()).await;
    assert_eq!(told(&send(&app, "?panic", "a", "x").await), "500 internal_error");
    assert_eq!(told(&send(&app, "?panic", "a", "x").await), "500 internal_error");
    app.get("/pays").await.assert_text("2");
    assert_eq!(told(&send(&app, "", "a", "x").await), "201 3 x", "nothing is kept under the key");
}

#[derive(Deserialize, JsonSchema, garde::Validate)]
struct Sum {
    #[garde(range(min = 1))]
    cents: u32,
}

struct Known;

impl Extract for Known {
    type Prepared = ();

    fn prepare(site: &mut Site<'_>) -> purlin_core::Result<(), Reported> {
        site.operation().problem(StatusCode::CONFLICT, "no_account", "There is no account");
        Ok(())
    }

    async fn extract((): &(), request: &mut Request) -> purlin_core::Result<Self> {
        let known = request.header("x-account").map(|_| Self);
        known.ok_or_else(|| Error::conflict("no_account", "there is no account"))
    }
}

/// Nothing was done: whoever corrects what was wrong need not invent another key.
#[tokio::test]
async fn what_was_refused_before_the_handler_may_be_corrected_under_its_key() {
    let pay = async |sum: Json<Sum>, till: Inject<Till>| -> Result<String, Error> {
        let number = till.payments.fetch_add(1, Ordering::SeqCst) + 1;
        match sum.cents {
            13 => Err(Error::invalid(vec![Fault::new(
                FaultIn::Body,
                "/cents",
                "unlucky",
                "it brings bad luck",
            )])),
            cents => Ok(format!("{number}: {cents}")),
        }
    };
    let handed =
        async |sum: Result<Json<Sum>, Error>, till: Inject<Till>| -> Result<String, Error> {
            till.payments.fetch_add(1, Ordering::SeqCst);
            sum.map(|sum| format!("{}", sum.cents))
        };
    let pays = async |till: Inject<Till>| format!("{}", till.payments.load(Ordering::SeqCst));
    let routes = Routes::new().post("/pay", pay).post("/handed", handed);
    let routes = routes.merge(Routes::new().post("/known", async || "known").guard::<Known>());
    let routes = routes.middleware(Idempotency::required()).get("/pays", pays);
    let app = TestApp::start(App::new("shop").provide(Till::default()).routes(routes)).await;
    let send = async |path: &str, media_type: &str, body: &'static str| {
        let draft = app.post(path).header("idempotency-key", "a").body(body);
        told(&draft.header("content-type", media_type).without_conformance().await)
    };
    let json = "application/json";
    assert_eq!(send("/pay", json, r#"{"cents": 0}"#).await, "422 invalid_input");
    assert_eq!(send("/pay", json, "{").await, "400 invalid_json");
    assert_eq!(send("/pay", "text/plain", "7").await, "415 unsupported_media_type");
    assert_eq!(send("/pay", json, r#"{"cents": 7}"#).await, "200 1: 7");
    assert_eq!(send("/pay", json, r#"{"cents": 7}"#).await, "200 1: 7");
    assert_eq!(send("/pay", json, r#"{"cents": 0}"#).await, "422 idempotency_key_reused");
    let account = async |is_known: bool| {
        let draft = app.post("/known").header("idempotency-key", "a");
        let draft = if is_known { draft.header("x-account", "1") } else { draft };
        told(&draft.await)
    };
    assert_eq!(account(false).await, "409 no_account");
    assert_eq!(account(true).await, "200 known", "a guard refused it");
    // What the handler itself finds wrong is its answer: it may have done something before.
    for _ in 0..2 {
        let draft = app.post("/pay").header("idempotency-key", "b").header("content-type", json);
        let answer = draft.body(r#"{"cents": 13}"#).without_conformance().await;
        assert_eq!(told(&answer), "422 invalid_input");
        assert_eq!(send("/handed", json, "{").await, "400 invalid_json");
    }
    app.get("/pays").await.assert_text("3");
}

/// The same request to another version asks for something else, and must not be carried out, too.
#[tokio::test]
async fn a_key_belongs_to_the_version_and_the_condition_that_chose_its_route() {
    let closure = |facts: &purlin_core::Facts| facts.header("x-b").is_some();
    let route = |text: &'static str| Routes::new().post("/", move || std::future::ready(text));
    let versions = Versions::by_header("accept-version").default("1");
    let third = |facts: &purlin_core::Facts| facts.header("x-d").is_some();
    let routes = Routes::from(versions.version("1", route("one")).version("2", route("two")))
        .merge(Routes::new().nest("/c", route("plain")))
        .merge(Routes::new().post("/c", async || "a").when(Condition::has_header("x-a")))
        .merge(Routes::new().post("/c", async || "b").when(closure))
        .merge(Routes::new().post("/c", async || "d").when(third));
    let app = crate::ask::serve(routes.middleware(Idempotency::required())).await;
    let send = async |path: &str, key: &str, name: &'static str, value: &'static str| {
        told(&app.post(path).header("idempotency-key", key).header(name, value).await)
    };
    assert_eq!(send("/", "a", "accept-version", "1").await, "200 one");
    assert_eq!(send("/", "a", "accept-version", "2").await, "422 idempotency_key_reused");
    assert_eq!(send("/", "a", "x-other", "1").await, "200 one", "it is the default");
    assert_eq!(send("/", "b", "accept-version", "2").await, "200 two");
    for (key, name, answer) in [
        ("a", "x-a", "200 a"),
        ("b", "x-b", "200 b"),
        ("c", "x-c", "200 plain"),
        ("d", "x-d", "200 d"),
    ] {
        assert_eq!(send("/c", key, name, "1").await, answer);
        for other in ["x-a", "x-b", "x-c", "x-d"].into_iter().filter(|other| *other != name) {
            assert_eq!(
                send("/c", key, other, "1").await,
                "422 idempotency_key_reused",
                "{key} {other}"
            );
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

/// Sends `POST /pay` for a user, who is the scope.
async fn send_as(app: &TestApp, user: &'static str, key: &str, body: &str) -> String {
    let draft = app.post("/pay").header("x-user", user).header("idempotency-key", key);
    let draft = draft.header("content-type", "text/plain").body(body.to_owned());
    let answer = draft.without_conformance().await;
    let is_replayed = answer.header("idempotency-replayed").is_some();
    format!("{} {}", answer.status().as_u16(), if is_replayed { "replayed" } else { "new" })
}

fn by_user(memory: IdempotencyMemory) -> Idempotency {
    let user = |facts: &purlin_core::Facts| facts.header("x-user").unwrap_or_default().to_owned();
    Idempotency::required().scope(user).store(Arc::new(memory))
}

#[tokio::test]
async fn a_client_with_many_keys_pushes_out_its_own_answers_and_nobody_elses() {
    let app = shop(by_user(IdempotencyMemory::default().most(4))).await;
    assert_eq!(send_as(&app, "ann", "a", "x").await, "201 new");
    for number in 0..20 {
        assert_eq!(send_as(&app, "bob", &format!("{number}"), "x").await, "201 new");
    }
    assert_eq!(send_as(&app, "ann", "a", "x").await, "201 replayed");
    assert_eq!(send_as(&app, "bob", "19", "x").await, "201 replayed");
    assert_eq!(send_as(&app, "bob", "17", "x").await, "201 replayed");
    assert_eq!(send_as(&app, "bob", "16", "x").await, "201 new", "three of four were his");
    // A third one takes of what bob has, and not of what ann has.
    assert_eq!(send_as(&app, "cid", "a", "x").await, "201 new");
    assert_eq!(send_as(&app, "ann", "a", "x").await, "201 replayed");
    let app = shop(by_user(IdempotencyMemory::default().most_bytes(10_000))).await;
    assert_eq!(send_as(&app, "ann", "a", "x").await, "201 new");
    for number in 0..20 {
        let large = "x".repeat(1000);
        assert_eq!(send_as(&app, "bob", &format!("{number}"), &large).await, "201 new");
    }
    assert_eq!(send_as(&app, "ann", "a", "x").await, "201 replayed");
    assert_eq!(send_as(&app, "bob", "19", &"x".repeat(1000)).await, "201 replayed");
    let huge = "x".repeat(9_900);
    assert_eq!(send_as(&app, "cid", "a", &huge).await, "201 new");
    assert_eq!(send_as(&app, "ann", "a", "x").await, "201 replayed");
    assert_eq!(send_as(&app, "cid", "a", &huge).await, "409 new", "it is known that it was done");
}

#[tokio::test]
async fn a_client_has_a_limit_of_requests_that_are_carried_out_and_others_have_theirs() {
    let till = Arc::new(Till::default());
    let routes = Routes::new().post("/pay", pay);
    let routes = routes.middleware(by_user(IdempotencyMemory::default().most_under_way(1)));
    let app = App::new("shop").provide_as::<Till>(Arc::clone(&till)).routes(routes);
    let app = TestApp::start(app).await;
    let service = app.service();
    let mut first = waiting("a");
    first.headers_mut().insert("x-user", HeaderValue::from_static("bob"));
    let first = tokio::spawn(service.call(first));
    till.entered.notified().await;
    assert_eq!(send_as(&app, "bob", "b", "x").await, "429 new");
    assert_eq!(send_as(&app, "ann", "b", "x").await, "201 new");
    till.gate.notify_one();
    assert_eq!(first.await.unwrap().status(), 201);
    assert_eq!(send_as(&app, "bob", "b", "x").await, "201 new");
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
    until("the first is answered", async || status("a").await != 409).await;
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
    until("it is carried out", async || app.get("/pays").await.text() == "1").await;
    store.gate.notify_one();
    let again = service.call(paying()).await;
    assert_eq!((again.status().as_u16(), again.bytes()), (201, Some(&b"1 x"[..])));
}

#[tokio::test]
async fn an_answer_that_cannot_be_kept_is_sent_and_the_log_says_why() {
    let (store, idempotency) = slow(true);
    let app = shop(idempotency).await;
    let log = purlin_test::Log::begin();
    store.gate.notify_one();
    assert_eq!(told(&send(&app, "", "a", "x").await), "201 1 x");
    let lines = log.take();
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
