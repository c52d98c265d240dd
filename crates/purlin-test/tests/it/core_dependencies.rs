//! Request dependencies: built once, together, and finished with the answer.
//!
//! S-095, S-097, S-098, S-099, S-100, S-101.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::StatusCode;
use purlin_core::{App, Body, Error, Inject, Next, Request, Response, Result, Routes, Scoped};
use purlin_test::{TestApp, start_fails};
use tokio::sync::Barrier;

use crate::by_hand::dependency;

/// What happened, in order.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn note(&self, line: impl Into<String>) {
        self.0.lock().unwrap().push(line.into());
    }

    fn lines(&self) -> String {
        std::mem::take(&mut *self.0.lock().unwrap()).join(" ")
    }
}

/// A transaction that says what becomes of it.
struct Transaction {
    log: Log,
}

impl Drop for Transaction {
    fn drop(&mut self) {
        self.log.note("dropped");
    }
}

dependency!(transaction(log: Inject<Log>) -> Transaction {
    log.note("begun");
    Ok(Transaction { log: Log::clone(&log) })
} finish(done, status) {
    if status.is_server_error() || status.is_client_error() {
        done.log.note(format!("rolled back:{}", status.as_u16()));
        return Ok(());
    }
    done.log.note(format!("committed:{}", status.as_u16()));
    Ok(())
});

dependency!(audit(transaction: Scoped<transaction>) -> Log {
    transaction.log.note("audit");
    Ok(transaction.log.clone())
} finish(log, status) {
    log.note(format!("audited:{}", status.as_u16()));
    Ok(())
});

async fn noting(log: Inject<Log>, request: Request, next: Next) -> Result<Response> {
    let response = next.run(request).await;
    log.note(format!("seen:{}", response.status().as_u16()));
    Ok(response)
}

async fn app(routes: Routes) -> (TestApp, Log) {
    let log = Log::default();
    let app = App::new("test").provide(log.clone()).routes(routes).middleware(noting);
    (TestApp::start(app).await, log)
}

#[tokio::test]
async fn a_dependency_is_built_once_and_finished_last_first() {
    let both = async |one: Scoped<transaction>, _: Scoped<audit>, two: Scoped<transaction>| {
        one.log.note("handler");
        assert!(std::ptr::eq(&raw const *one, &raw const *two));
        "x"
    };
    let (app, log) = app(Routes::new().get("/", both)).await;
    for _ in 0..2 {
        app.get("/").await.assert_text("x");
        assert_eq!(log.lines(), "begun audit handler audited:200 committed:200 dropped seen:200");
    }
}

#[tokio::test]
async fn what_is_not_taken_is_not_built() {
    let (app, log) = app(Routes::new().get("/", async || "x")).await;
    app.get("/").await.assert_ok();
    assert_eq!(log.lines(), "seen:200");
}

#[tokio::test]
async fn an_error_of_the_handler_is_the_status_that_finishes() {
    let failing = async |_: Scoped<transaction>| -> Result<&'static str> {
        Err(Error::conflict("taken", "it is taken"))
    };
    let panicking = async |_: Scoped<transaction>| -> &'static str { panic!("no") };
    let (app, log) = app(Routes::new().get("/failing", failing).get("/panic", panicking)).await;
    app.get("/failing").without_conformance().await.assert_status(409);
    assert_eq!(log.lines(), "begun rolled back:409 dropped seen:409");
    app.get("/panic").await.assert_status(500);
    assert_eq!(log.lines(), "begun rolled back:500 dropped seen:500");
}

struct Fragile;

dependency!(counter() -> u8 { Ok(1) });

dependency!(fragile() -> Fragile { Ok(Fragile) } finish(_value, _status) {
    Err(Error::internal("the commit failed".parse::<u8>().unwrap_err()))
});

#[tokio::test]
async fn a_finish_that_fails_is_the_answer_and_others_are_finished_all_the_same() {
    let handler = async |_: Scoped<transaction>, _: Scoped<fragile>| "saved";
    let plain = Routes::new().get("/", handler).get("/plain", async |_: Scoped<counter>| "x");
    let (app, log) = app(plain).await;
    app.get("/").await.assert_problem(500, "internal_error");
    let lines = log.lines();
    assert!(lines.ends_with("dropped seen:500"), "{lines}");
    let answers = |path: &str| app.openapi()["paths"][path]["get"]["responses"].clone();
    assert!(answers("/")["default"].is_object(), "it may fail with anything");
    assert!(answers("/plain")["default"].is_null(), "nothing is finished there");
    assert!(lines.contains("committed:200") || lines.contains("rolled back:500"), "{lines}");
}

dependency!(failing(log: Inject<Log>) -> Log {
    log.note("tried");
    Err(Error::unauthorized("Bearer", "sign in"))
});

#[tokio::test]
async fn a_dependency_that_fails_is_the_answer_and_what_was_built_is_finished() {
    let handler = async |_: Scoped<transaction>, _: Scoped<failing>| "never";
    let (app, log) = app(Routes::new().get("/", handler)).await;
    app.get("/").without_conformance().await.assert_problem(401, "unauthorized");
    assert_eq!(log.lines(), "begun tried rolled back:401 dropped seen:401");
}

#[tokio::test]
async fn a_streamed_body_keeps_its_dependencies_until_its_end() {
    let stream = async |transaction: Scoped<transaction>| {
        let log = transaction.log.clone();
        Body::produce(move |out| async move {
            out.send("a").await?;
            log.note("streaming");
            out.send("b").await?;
            Ok(())
        })
    };
    let (app, log) = app(Routes::new().get("/", stream)).await;
    app.get("/").await.assert_text("ab");
    assert_eq!(log.lines(), "begun committed:200 seen:200 streaming dropped");
}

#[tokio::test]
async fn a_request_that_is_abandoned_drops_its_dependencies_unfinished() {
    let waiting = async |transaction: Scoped<transaction>| -> &'static str {
        transaction.log.note("waiting");
        std::future::pending().await
    };
    let (app, log) = app(Routes::new().get("/", waiting)).await;
    let abandoned =
        tokio::time::timeout(Duration::from_millis(20), app.get("/").into_future()).await;
    assert!(abandoned.is_err());
    assert_eq!(log.lines(), "begun waiting dropped");
}

dependency!(left(meeting: Inject<Barrier>) -> u8 { meeting.wait().await; Ok(1) });
dependency!(right(meeting: Inject<Barrier>) -> u8 { meeting.wait().await; Ok(2) });
dependency!(sum(left: Scoped<left>, right: Scoped<right>) -> u8 { Ok(*left + *right) });

#[tokio::test]
async fn what_does_not_need_each_other_is_built_side_by_side() {
    let handler = async |sum: Scoped<sum>, left: Scoped<left>, right: Scoped<right>| {
        format!("{} {} {}", *sum, *left, *right)
    };
    let routes = Routes::new().get("/", handler).timeout(Duration::from_secs(2));
    let app = App::new("test").provide(Barrier::new(2)).routes(routes);
    TestApp::start(app).await.get("/").await.assert_text("3 1 2");
}

#[tokio::test]
async fn steps_share_what_the_handler_takes() {
    async fn first(_: Scoped<transaction>, request: Request, next: Next) -> Result<Response> {
        Ok(next.run(request).await)
    }
    let handler = async |_: Scoped<transaction>| "x";
    let (app, log) =
        app(Routes::new().get("/", handler).middleware(first).guard::<Scoped<transaction>>()).await;
    app.get("/").await.assert_ok();
    assert_eq!(log.lines(), "begun committed:200 dropped seen:200");
}

#[tokio::test]
async fn a_test_puts_a_value_in_the_place_of_a_dependency() {
    let handler = async |sum: Scoped<sum>| sum.to_string();
    let app = App::new("test").routes(Routes::new().get("/", handler));
    // What the dependency itself needs is not asked for any more.
    let app = TestApp::of(app).instead_of::<sum>(42).start().await;
    app.get("/").await.assert_text("42");
}

dependency!(hen(_egg: Scoped<egg>) -> u8 { Ok(1) });
dependency!(egg(_hen: Scoped<hen>) -> u8 { Ok(1) });

#[tokio::test]
async fn a_cycle_is_reported_with_its_places() {
    let routes = Routes::new().get("/", async |_: Scoped<hen>| "x");
    let report = start_fails(App::new("test").routes(routes)).await;
    assert!(
        report.contains("error[P0305]: request dependencies need each other: hen → egg → hen"),
        "{report}"
    );
    assert_eq!(report.matches("core_dependencies.rs").count(), 2, "{report}");
}

#[tokio::test]
async fn what_a_dependency_lacks_is_reported_at_its_route() {
    let routes = Routes::new().get("/", async |_: Scoped<audit>| "x");
    let report = start_fails(App::new("test").routes(routes)).await;
    assert!(report.contains("→ Log: not provided"), "{report}");
}

#[tokio::test]
async fn the_status_is_that_of_the_error_as_the_route_knows_it() {
    let handler = async |_: Scoped<transaction>| StatusCode::IM_A_TEAPOT;
    let (app, log) = app(Routes::new().get("/", handler)).await;
    app.get("/").await.assert_status(418);
    assert_eq!(log.lines(), "begun rolled back:418 dropped seen:418");
}
