//! Answers are what the document says: fields that it does not know do not leave, a value that cannot
//! be written is an error of ours, and what differs is told in development.
//!
//! S-085.

use http::StatusCode;
use purlin_core::{App, Body, Json, Mode, Query, Response, Routes, Status, Unchecked};
use purlin_test::TestApp;
use schemars::JsonSchema;
use serde::{Serialize, Serializer};

#[derive(Clone)]
struct User {
    name: String,
    password_hash: String,
}

#[derive(Serialize, JsonSchema)]
struct PublicUser {
    name: String,
}

impl From<User> for PublicUser {
    fn from(user: User) -> Self {
        let User { name, password_hash: _ } = user;
        Self { name }
    }
}

/// One type for both, in which a field is for the inside alone.
#[derive(Serialize, JsonSchema)]
struct Account {
    name: String,
    #[serde(skip_serializing)]
    #[expect(dead_code, reason = "it is for the inside, of which there is none")]
    password_hash: String,
}

#[tokio::test]
async fn what_the_model_does_not_declare_does_not_leave() {
    fn anna() -> User {
        User { name: "anna".to_owned(), password_hash: "$argon2$hunter2".to_owned() }
    }
    let skipped = async || {
        let User { name, password_hash } = anna();
        Json(Account { name, password_hash })
    };
    let routes = Routes::new()
        .get("/public", async || Json(PublicUser::from(anna())))
        .get("/skipped", skipped);
    let app = TestApp::start(App::new("users").routes(routes)).await;
    for path in ["/public", "/skipped"] {
        app.get(path).await.assert_text(r#"{"name":"anna"}"#);
    }
    let document = app.openapi().to_string();
    assert!(!document.contains("password_hash"), "{document}");
}

/// Fails when half of it is written.
#[derive(Serialize, JsonSchema)]
struct Broken {
    token: &'static str,
    #[serde(serialize_with = "fail")]
    #[schemars(with = "String")]
    rest: (),
}

fn fail<T, S: Serializer>(_: &T, _: S) -> Result<S::Ok, S::Error> {
    Err(serde::ser::Error::custom("the rest of hunter3 is not there"))
}

#[tokio::test]
async fn a_value_that_cannot_be_written_is_a_logged_500_and_does_not_leak() {
    let broken = async || Json(Broken { token: "hunter2", rest: () });
    let app = App::new("broken").routes(Routes::new().get("/", broken));
    let log = purlin_test::Log::begin();
    let app = TestApp::of(app).mode(Mode::Prod).start().await;
    for wanted in ["application/json", "text/html", "text/plain"] {
        let response = app.get("/").header("accept", wanted).await;
        response.assert_status(500);
        let text = String::from_utf8_lossy(response.bytes()).into_owned();
        assert!(!text.contains("hunter"), "{text}");
    }
    let lines = log.take();
    let errors: Vec<&str> = lines.lines().filter(|line| line.starts_with("ERROR")).collect();
    assert_eq!(errors.len(), 3, "{lines}");
    assert!(errors[0].contains("the rest of hunter3 is not there"), "{lines}");
    assert!(!lines.contains("hunter2"), "{lines}");
}

#[derive(Serialize, JsonSchema)]
struct Book {
    #[schemars(range(min = 1))]
    id: u32,
    #[schemars(length(max = 3))]
    tags: Vec<String>,
    title: String,
}

type Wanted = Query<Unchecked<std::collections::BTreeMap<String, String>>>;

async fn show(wanted: Wanted) -> Json<Book> {
    let tags = if wanted.0.contains_key("tags") { vec![String::new(); 4] } else { Vec::new() };
    let title = if wanted.0.contains_key("large") { "x".repeat(64 << 10) } else { String::new() };
    Json(Book { id: 0, tags, title })
}

async fn teapot() -> Status<201, Json<u8>> {
    Status(Json(1))
}

fn app() -> App {
    let books = Routes::new()
        .get("/books/{id}", async |_: purlin_core::Path<u32>, w: Wanted| show(w).await);
    let tea = Routes::new()
        .get("/tea", teapot)
        .after(|response: &mut Response| response.set_status(StatusCode::IM_A_TEAPOT));
    let streamed = Routes::new().get("/streamed", show).after(|response| {
        let body = response.take_body();
        *response.body_mut() = Body::stream(body);
    });
    App::new("promises").routes(books).routes(tea).routes(streamed)
}

async fn warnings(app: &TestApp, log: &purlin_test::Log, target: &str) -> Vec<String> {
    app.get(target).without_conformance().await;
    let lines = log.take();
    let lines = lines.lines().filter(|line| line.starts_with("WARN"));
    lines.map(str::to_owned).collect()
}

#[tokio::test]
async fn in_development_an_answer_that_was_not_promised_is_told_once() {
    let log = purlin_test::Log::begin();
    let app = TestApp::of(app()).mode(Mode::Dev).start().await;
    let told = warnings(&app, &log, "/books/1").await;
    assert_eq!(told.len(), 1, "{told:?}");
    for part in [
        "WARN purlin::openapi",
        "an answer is not what the document says: in the body of 200 of `GET /books/{id}`, \
         `/id` must be at least 1",
        "method=GET",
        "route=\"/books/{id}\"",
        "status=200",
        "pointer=\"/id\"",
        "core_promises.rs:",
    ] {
        assert!(told[0].contains(part), "`{part}` is missing in {told:?}");
    }
    // Neither for another book, nor for HEAD, which has no body to look at.
    assert!(warnings(&app, &log, "/books/2").await.is_empty());
    app.head("/books/2").without_conformance().await;
    assert!(!log.take().contains("WARN"));
    // Another kind of the same route, and the same kind of another, are told.
    let told = warnings(&app, &log, "/books/1?tags=4").await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("pointer=\"/tags\""), "{told:?}");
    let told = warnings(&app, &log, "/tea").await;
    assert!(told[0].contains("`GET /tea` promises 201, and 418 came"), "{told:?}");
    assert!(warnings(&app, &log, "/nowhere").await.is_empty());
}

#[tokio::test]
async fn large_and_streamed_bodies_are_left_alone() {
    let log = purlin_test::Log::begin();
    let app = TestApp::of(app()).mode(Mode::Dev).start().await;
    assert!(warnings(&app, &log, "/books/1?large=1").await.is_empty());
    assert!(warnings(&app, &log, "/streamed").await.is_empty());
    assert_eq!(warnings(&app, &log, "/books/1").await.len(), 1);
}

#[tokio::test]
async fn in_production_nobody_looks() {
    let log = purlin_test::Log::begin();
    let app = TestApp::of(app()).mode(Mode::Prod).start().await;
    for target in ["/books/1", "/tea"] {
        assert!(warnings(&app, &log, target).await.is_empty());
    }
}
