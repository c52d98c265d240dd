//! Panics of user code, and time that runs out.
//!
//! S-004, S-109, S-113, S-247.

use std::time::Duration;

use purlin_core::{
    App, Extract, Facts, Hook, Inject, Json, Next, Panicked, Reported, Request, Response, Result,
    Routes, Service, Site, Tasks, blocking,
};
use purlin_test::TestApp;
use serde_json::json;

use crate::ask::ask;

struct Bomb;

impl Extract for Bomb {
    type Prepared = ();

    fn prepare(_site: &mut Site<'_>) -> Result<(), Reported> {
        Ok(())
    }

    async fn extract((): &(), _request: &mut Request) -> Result<Self> {
        panic!("in an extractor")
    }
}

struct Fuse(&'static str);

impl Hook for Fuse {
    fn before(&self, request: &mut Request) -> Result<Option<Response>> {
        assert!(self.0 != "before" || request.path() != "/hook", "in a hook, before");
        Ok(None)
    }

    fn after(&self, _facts: &Facts, response: &mut Response) {
        response.set_header("x-fuse", "lit").unwrap();
        assert!(self.0 != "after", "in a hook, after");
    }
}

async fn middleware(request: Request, next: Next) -> Result<Response> {
    let response = next.run(request).await;
    assert!(response.status() != 200, "in a middleware");
    Ok(response)
}

fn plain() -> &'static str {
    panic!("on the pool")
}

async fn app() -> TestApp {
    let never = async || "never";
    let routes = Routes::new()
        .get("/handler", async || -> &'static str { panic!("in a {}", "handler") })
        .get("/value", async || -> &'static str { std::panic::panic_any(7) })
        .get("/late", async || -> &'static str {
            tokio::task::yield_now().await;
            panic!("later")
        })
        .get("/extractor", async |_: Bomb| "never")
        .get("/pool", blocking(plain))
        .merge(Routes::new().get("/guard", never).guard::<Bomb>())
        .merge(Routes::new().get("/middleware", never).middleware(middleware))
        .merge(Routes::new().get("/hook", never).hook(Fuse("before")))
        .merge(Routes::new().get("/after", async || "fine").hook(Fuse("after")))
        .get("/fine", async || "fine");
    TestApp::start(App::new("test").routes(routes)).await
}

#[tokio::test]
async fn a_panic_is_a_500_wherever_it_happens_and_the_application_lives_on() {
    let app = app().await;
    for (path, message) in [
        ("/handler", "in a handler"),
        ("/late", "later"),
        ("/value", "a value that is no text"),
        ("/extractor", "in an extractor"),
        ("/pool", "on the pool"),
        ("/guard", "in an extractor"),
        ("/middleware", "in a middleware"),
        ("/hook", "in a hook, before"),
    ] {
        let response = app.get(path).await;
        response.assert_problem(500, "internal_error");
        let panicked = response.error().unwrap().find::<Panicked>().unwrap();
        assert_eq!(panicked.message(), message, "{path}");
        let (file, line) = panicked.place().unwrap();
        assert!(file.ends_with("core_panics.rs") && line > 1, "{file}:{line}");
        assert!(!response.text().contains(message), "the client learns nothing: {response}");
        assert_eq!(ask(&app, "GET /fine").await, "200 fine");
    }
}

#[tokio::test]
async fn a_hook_that_panics_on_the_way_out_keeps_the_answer() {
    let app = app().await;
    app.get("/after").await.assert_text("fine").assert_header("x-fuse", "lit");
}

#[tokio::test]
async fn a_handler_that_takes_too_long_is_ended() {
    let slow = async || -> &'static str { std::future::pending().await };
    let routes = Routes::new().get("/slow", slow).timeout(Duration::from_millis(20));
    let patient = Routes::new()
        .get("/patient", async || {
            tokio::time::sleep(Duration::from_millis(40)).await;
            "done"
        })
        .without_timeout();
    let app = App::new("test").timeout(Duration::from_millis(10)).routes(routes).routes(patient);
    let app = TestApp::start(app).await;
    app.get("/slow").await.assert_problem(503, "request_timeout");
    app.get("/patient").await.assert_text("done");
}

#[tokio::test]
async fn the_hooks_behind_a_middleware_see_the_answer_that_came_too_late() {
    async fn outer(request: Request, next: Next) -> Result<Response> {
        Ok(next.run(request).await)
    }
    let slow = async || -> &'static str { std::future::pending().await };
    let app = App::new("test").timeout(Duration::from_millis(5)).middleware(outer);
    let app = app.hook(Fuse("none")).routes(Routes::new().get("/", slow));
    let answer = TestApp::start(app).await.get("/").await;
    answer.assert_problem(503, "request_timeout").assert_header("x-fuse", "lit");
}

#[tokio::test]
async fn a_task_that_panics_is_remembered_and_the_log_knows_why() {
    let routes = Routes::new().post("/", async |tasks: Inject<Tasks>| {
        let id = tasks.spawn("mail", async { panic!("no postman") });
        tasks.idle().await;
        // What becomes of a task is shown to clients.
        Json(tasks.status(id))
    });
    let app = TestApp::start(App::new("test").routes(routes)).await;
    let capture = purlin_test::Log::begin();
    let status = app.post("/").await;
    status.assert_json_includes(&json!({ "state": "failed", "reason": "internal_error" }));
    assert!(!status.text().contains("no postman"), "{status}");
    let lines = capture.take();
    assert!(lines.contains("ERROR purlin::task") && lines.contains("no postman"), "{lines}");
}

#[tokio::test]
async fn a_service_is_cloned_and_asked_by_anybody() {
    let service: Service = app().await.service();
    let mut request = Request::new(http::Method::GET, "/fine");
    request.headers_mut().insert("host", "localhost".parse().unwrap());
    let answers = tokio::spawn(service.clone().call(request)).await.unwrap();
    assert_eq!(answers.bytes(), Some(&b"fine"[..]));
}
