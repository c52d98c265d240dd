//! Error handlers: found by type, the route's before the application's.
//!
//! S-110, S-111, SC-11, SC-12.

use std::fmt;
use std::sync::{Arc, Mutex};

use http::StatusCode;
use purlin_core::{App, Caught, Error, Inject, Json, Mode, Result, Routes, Status, Unhandled};
use purlin_test::TestApp;
use serde_json::{Value, json};

#[derive(Debug)]
struct DatabaseError(&'static str);

impl fmt::Display for DatabaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for DatabaseError {}

/// A layer between, as every real application has.
#[derive(Debug)]
struct StoreError(DatabaseError);

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the store is broken")
    }
}

impl std::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

async fn database() -> Result<&'static str> {
    Err(StoreError(DatabaseError("connection lost")).into())
}

async fn other() -> Result<&'static str> {
    "x".parse::<u8>()?;
    Ok("never")
}

type Log = Mutex<Vec<String>>;

async fn on_database(error: Caught<DatabaseError>, log: Inject<Log>) -> Status<503, Json<Value>> {
    log.lock().unwrap().push(format!("Database error: {}", *error));
    Status(Json(json!({ "error": "Database error occurred", "details": error.0 })))
}

async fn on_any(_error: Caught<Error>) -> Status<500, Json<Value>> {
    Status(Json(json!({ "error": "Internal Server Error" })))
}

// SC-12.
#[tokio::test]
async fn the_handler_of_a_route_goes_before_the_applications() {
    let routes = Routes::new()
        .get("/", database)
        .get("/{id}", async |purlin_core::Path(_): purlin_core::Path<u8>| database().await)
        .get("/other", other)
        .on_error(on_database);
    let log = Arc::new(Log::default());
    let app = App::new("test")
        .provide_as(Arc::clone(&log))
        .nest("/api/users", routes)
        .routes(Routes::new().get("/elsewhere", database))
        .on_error(on_any);
    let app = TestApp::start(app).await;
    let expected = json!({ "error": "Database error occurred", "details": "connection lost" });
    app.get("/api/users").await.assert_status(503).assert_json(&expected);
    // A group's handler covers everything in the group.
    app.get("/api/users/7").await.assert_status(503).assert_json(&expected);
    assert_eq!(log.lock().unwrap().len(), 2);
    let internal = json!({ "error": "Internal Server Error" });
    app.get("/api/users/other").await.assert_status(500).assert_json(&internal);
    let response = app.get("/elsewhere").await;
    response.assert_status(500).assert_json(&internal);
    // The error rides along for the log and for the test.
    assert!(response.error().unwrap().find::<DatabaseError>().is_some());
    assert_eq!(log.lock().unwrap()[0], "Database error: connection lost");
}

// SC-11.
#[tokio::test]
async fn one_handler_answers_for_everything_that_is_unhandled() {
    async fn on_any(error: Caught<Error>, mode: Inject<Mode>) -> Status<500, Json<Value>> {
        Status(Json(match *mode {
            Mode::Dev => json!({
                "error": error.error().to_string(),
                "type": error.error().kind(),
                "traceback": error.error().backtrace().is_some(),
            }),
            _ => json!({ "error": "Internal Server Error" }),
        }))
    }
    let routes = || {
        let panicking = async || -> &'static str { panic!("boom") };
        Routes::new().get("/error", other).get("/panic", panicking)
    };
    let start = async |mode| {
        let app = App::new("test").provide(mode).routes(routes()).on_error(on_any);
        TestApp::of(app).mode(mode).start().await
    };
    let prod = start(Mode::Prod).await;
    for path in ["/error", "/panic"] {
        let expected = json!({ "error": "Internal Server Error" });
        prod.get(path).await.assert_status(500).assert_json(&expected);
    }
    let dev = start(Mode::Dev).await;
    dev.get("/error").await.assert_json(&json!({
        "error": "invalid digit found in string",
        "type": "core::num::error::ParseIntError",
        "traceback": true,
    }));
    dev.get("/panic").await.assert_json_includes(&json!({ "traceback": true }));
    dev.get("/panic").await.assert_text_contains("boom");
}

#[tokio::test]
async fn the_first_handler_that_fits_is_taken() {
    async fn first(_: Caught<StoreError>) -> Status<500, &'static str> {
        Status("store")
    }
    async fn second(_: Caught<DatabaseError>) -> Status<500, &'static str> {
        Status("database")
    }
    let app = |app: App| TestApp::start(app.routes(Routes::new().get("/", database)));
    let both = app(App::new("test").on_error(first).on_error(second)).await;
    both.get("/").await.assert_text("store");
    let turned = app(App::new("test").on_error(second).on_error(first)).await;
    turned.get("/").await.assert_text("database");
}

#[tokio::test]
async fn a_handler_for_a_type_goes_before_one_for_every_error_in_any_order() {
    async fn special(_: Caught<DatabaseError>) -> &'static str {
        "database"
    }
    async fn unhandled(_: Caught<Unhandled>) -> &'static str {
        "unhandled"
    }
    async fn conflict() -> Result<&'static str> {
        Err(Error::conflict("no", "conflict"))
    }
    async fn every(caught: Caught<Error>) -> String {
        caught.error().code().to_owned()
    }
    let ask = async |app: App| {
        let routes = Routes::new().get("/", database).get("/conflict", conflict);
        let app = TestApp::start(app.routes(routes)).await;
        (app.get("/").await.text(), app.get("/conflict").await.text())
    };
    let expected = ("database".to_owned(), "no".to_owned());
    assert_eq!(ask(App::new("test").on_error(special).on_error(every)).await, expected);
    assert_eq!(ask(App::new("test").on_error(every).on_error(special)).await, expected);
    let app = App::new("test").on_error(unhandled).on_error(special);
    assert_eq!(ask(app).await.0, "database");
}

#[tokio::test]
async fn what_an_error_demands_of_its_answer_outlives_its_handler() {
    async fn every(_: Caught<Error>) -> Status<418, &'static str> {
        Status("caught")
    }
    let locked = async || -> Result<&'static str> {
        Err(Error::unauthorized("Bearer", "who?")
            .with_header(http::header::WWW_AUTHENTICATE, "Basic".parse().unwrap()))
    };
    let routes = Routes::new().get("/", locked);
    let app = TestApp::start(App::new("test").on_error(every).routes(routes)).await;
    app.delete("/").await.assert_status(418).assert_header("allow", "GET, HEAD, OPTIONS");
    let answer = app.get("/").await;
    let challenges: Vec<_> = answer.headers().get_all("www-authenticate").iter().collect();
    assert_eq!(challenges, ["Bearer", "Basic"]);
}

#[tokio::test]
async fn an_error_handler_that_fails_falls_back_to_the_plain_500() {
    async fn failing(_: Caught<DatabaseError>) -> Result<&'static str> {
        Err(Error::conflict("no", "this is not shown"))
    }
    async fn panicking(_: Caught<DatabaseError>) -> &'static str {
        panic!("in the error handler")
    }
    fn early(_: Caught<DatabaseError>) -> std::future::Ready<&'static str> {
        panic!("before its future")
    }
    let routes = Routes::new()
        .merge(Routes::new().get("/failing", database).on_error(failing))
        .merge(Routes::new().get("/panicking", database).on_error(panicking))
        .merge(Routes::new().get("/early", database).on_error(early));
    let app = TestApp::start(App::new("test").routes(routes).on_error(on_any)).await;
    for path in ["/failing", "/panicking", "/early"] {
        let response = app.get(path).await;
        response.assert_problem(500, "internal_error");
        assert_eq!(response.json_value()["detail"], Value::Null);
        let id = response.header("x-request-id").unwrap();
        response.assert_json_includes(&json!({ "request_id": id }));
    }
}

#[tokio::test]
async fn a_handler_sees_the_facts_of_the_request_and_404() {
    async fn not_found(error: Caught<Error>) -> (StatusCode, String) {
        let facts = error.facts();
        (error.error().status(), format!("{} {}", facts.method(), facts.path()))
    }
    let app = App::new("test").routes(Routes::new().get("/", async || "x")).on_error(not_found);
    let app = TestApp::start(app).await;
    app.get("/none").await.assert_status(404).assert_text("GET /none");
    app.put("/").await.assert_status(405).assert_text("PUT /");
}
