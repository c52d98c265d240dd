//! Start, stop, tasks and health.
//!
//! S-002, S-033, S-091, S-185, S-186, S-234.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use purlin_core::config::Configuration;
use purlin_core::{
    App, Arguments, BoxFuture, Error, Inject, Json, Mode, Path, Result, Routes, Started, TaskId,
    TaskState, TaskStatus, Tasks,
};
use purlin_test::{TestApp, start_fails};
use serde_json::json;
use tokio::sync::Notify;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<&'static str>>>);

impl Log {
    fn note(&self, line: &'static str) {
        self.0.lock().unwrap().push(line);
    }

    fn lines(&self) -> String {
        std::mem::take(&mut *self.0.lock().unwrap()).join(" ")
    }
}

fn note(line: &'static str) -> impl Fn(Inject<Log>) -> std::future::Ready<Result> + Send + Sync {
    move |log| {
        log.note(line);
        std::future::ready(Ok(()))
    }
}

#[tokio::test]
async fn hooks_run_in_order_and_back() {
    let log = Log::default();
    let app = App::new("test")
        .provide(log.clone())
        .on_start(note("one"))
        .on_start(note("two"))
        .on_stop(note("three"))
        .on_stop(note("four"));
    let app = TestApp::start(app).await;
    assert_eq!(log.lines(), "one two");
    app.stop().await;
    assert_eq!(log.lines(), "four three");
}

#[tokio::test]
async fn a_start_hook_that_fails_ends_the_start() {
    let log = Log::default();
    let app = App::new("test")
        .provide(log.clone())
        .on_start(note("one"))
        .on_start(async || {
            Err(Error::internal("x".parse::<u8>().unwrap_err()).context("warming up"))
        })
        .on_start(note("never"));
    let said = start_fails(app).await;
    assert!(said.starts_with("warming up\n  caused by: invalid digit"), "{said}");
    assert_eq!(log.lines(), "one");
}

#[tokio::test]
async fn a_stop_hook_that_fails_keeps_no_other_from_running() {
    let log = Log::default();
    let app = App::new("test")
        .provide(log.clone())
        .on_stop(note("first"))
        .on_stop(async || Err(Error::not_found("nothing")));
    TestApp::start(app).await.stop().await;
    assert_eq!(log.lines(), "first");
}

#[tokio::test]
async fn tasks_go_on_after_the_answer_and_are_waited_for_at_the_end() {
    let log = Log::default();
    let begin = async |tasks: Inject<Tasks>, log: Inject<Log>| {
        let id = tasks.spawn("mail", async move {
            tokio::time::sleep(Duration::from_millis(20)).await;
            log.note("sent");
            Ok(())
        });
        Json(tasks.status(id).unwrap())
    };
    let app = App::new("test")
        .provide(log.clone())
        .routes(Routes::new().post("/", begin))
        .on_stop(note("stop"));
    let app = TestApp::start(app).await;
    app.post("/")
        .await
        .assert_json_includes(&json!({ "name": "mail", "state": "running", "took_ms": null }));
    assert_eq!(log.lines(), "");
    app.stop().await;
    assert_eq!(log.lines(), "sent stop");
}

#[tokio::test]
async fn a_task_is_remembered_with_what_became_of_it() {
    let run = async |tasks: Inject<Tasks>| {
        let good = tasks.spawn("good", async { Ok(()) });
        let bad = tasks.spawn("bad", async { Err(Error::conflict("taken", "it is taken")) });
        tasks.idle().await;
        assert_eq!(tasks.status(good).unwrap().state, TaskState::Done);
        let failed = |reason: &str| TaskState::Failed { reason: reason.to_owned() };
        assert_eq!(tasks.status(bad).unwrap().state, failed("it is taken"));
        // Of an error that nobody gave a status, no client learns anything.
        let broken =
            tasks.spawn("broken", async { Err("10.0.0.7".parse::<u8>().unwrap_err().into()) });
        tasks.idle().await;
        assert_eq!(tasks.status(broken).unwrap().state, failed("internal_error"));
        assert_eq!((tasks.running(), tasks.list().len()), (0, 3));
        "x"
    };
    let app = TestApp::start(App::new("test").routes(Routes::new().get("/", run))).await;
    app.get("/").await.assert_ok();
}

/// S-186: what became of a task is asked for by its id, and why it failed is in the log.
#[tokio::test]
async fn a_client_watches_a_task_from_its_beginning_to_its_end() {
    #[derive(Default)]
    struct Gate(Notify);
    let begin = async |Path(good): Path<bool>, tasks: Inject<Tasks>, gate: Inject<Gate>| {
        let id = tasks.spawn("mail", async move {
            gate.0.notified().await;
            if good { Ok(()) } else { Err(Error::internal("no postman")) }
        });
        Json(id)
    };
    let show = async |Path(id): Path<TaskId>, tasks: Inject<Tasks>| tasks.status(id).map(Json);
    let open = async |tasks: Inject<Tasks>, gate: Inject<Gate>| {
        gate.0.notify_one();
        tasks.idle().await;
    };
    let routes = Routes::new().post("/tasks/{good}", begin).get("/tasks/{id}", show);
    let app = App::new("test").provide(Gate::default()).routes(routes.post("/open", open));
    let app = TestApp::start(app).await;
    let capture = purlin_test::Log::begin();

    for (good, ended) in [
        (true, json!({ "name": "mail", "state": "done" })),
        (false, json!({ "name": "mail", "state": "failed", "reason": "internal_error" })),
    ] {
        let id: TaskId = app.post(format!("/tasks/{good}")).await.json();
        let path = format!("/tasks/{id}");
        let running: TaskStatus = app.get(path.as_str()).await.json();
        assert_eq!((running.id, running.state, running.took_ms), (id, TaskState::Running, None));
        app.post("/open").await.assert_status(204);
        let status = app.get(path.as_str()).await;
        status.assert_json_includes(&ended);
        let status: TaskStatus = status.json();
        assert_eq!(status.started_ms, running.started_ms);
        assert!(status.took_ms.is_some());
    }
    let lines = capture.take();
    let failures: Vec<_> = lines.lines().filter(|line| line.contains("purlin::task")).collect();
    let [failure] = failures[..] else { panic!("one line is wanted: {lines}") };
    assert!(failure.starts_with("ERROR ") && failure.contains("no postman"), "{failure}");
    app.get("/tasks/999").await.assert_status(404);
}

#[tokio::test]
async fn readiness_asks_every_check() {
    struct Up(Arc<Mutex<bool>>);
    let up = Arc::new(Mutex::new(true));
    let check = |up: Inject<Up>| -> BoxFuture<Result> {
        let up = *up.0.lock().unwrap();
        Box::pin(async move {
            if up { Ok(()) } else { Err(Error::internal("x".parse::<u8>().unwrap_err())) }
        })
    };
    let app = App::new("test")
        .provide(Up(Arc::clone(&up)))
        .check("database", check)
        .check("mail", || -> BoxFuture<Result> { Box::pin(async { Ok(()) }) });
    let app = TestApp::start(app).await;
    app.get("/readyz").await.assert_status(200).assert_json(&json!({
        "ready": true, "checks": { "database": "ok", "mail": "ok" },
    }));
    *up.lock().unwrap() = false;
    app.get("/readyz").await.assert_status(503).assert_json(&json!({
        "ready": false, "checks": { "database": "failing", "mail": "ok" },
    }));
    app.get("/healthz").await.assert_status(200);
    let bare = TestApp::start(App::new("test").without_health()).await;
    bare.get("/healthz").await.assert_status(404);
}

#[tokio::test]
async fn a_command_runs_with_services_and_without_start_hooks() {
    let log = Log::default();
    let greet = async |log: Inject<Log>, arguments: Inject<Arguments>| {
        assert_eq!(arguments.0, ["--twice"]);
        log.note("greeted");
        Ok(())
    };
    let app = || {
        App::new("test")
            .configuration(Configuration::new(Mode::Test))
            .provide(log.clone())
            .on_start(note("started"))
            .command("greet", "greets", greet)
            .assemble()
            .unwrap()
    };
    assert_eq!(app().commands().map(|command| command.name).collect::<Vec<_>>(), ["greet"]);
    app().run_command("greet", vec!["--twice".to_owned()]).await.unwrap();
    assert_eq!(log.lines(), "greeted");
    let error = app().run_command("grete", Vec::new()).await.unwrap_err();
    assert_eq!(error.status(), 404);
}

#[tokio::test]
async fn what_the_application_answers_itself_the_framework_does_not() {
    let routes = Routes::new().get("/healthz", async || "mine").get("/docs", async || "my docs");
    let app = TestApp::start(App::new("test").routes(routes)).await;
    app.get("/healthz").await.assert_text("mine");
    app.get("/docs").await.assert_text("my docs");
    app.get("/readyz").await.assert_ok();
    // Also where only the name of a parameter differs.
    let show = async |Path(page): Path<String>| page;
    let app =
        TestApp::start(App::new("test").routes(Routes::new().get("/docs/{page}", show))).await;
    app.get("/docs/intro").await.assert_text("intro");
}

#[tokio::test]
async fn the_document_is_served_in_development_and_tests_only() {
    let app =
        || App::new("shelf").version("2.1.0").routes(Routes::new().get("/books", async || "x"));
    let test = TestApp::start(app()).await;
    let document = test.get("/openapi.json").await;
    document.assert_json_includes(&json!({
        "openapi": "3.1.0",
        "info": { "title": "shelf", "version": "2.1.0" },
        "paths": { "/books": { "get": { "responses": { "200": {} } } } },
    }));
    assert_eq!(&document.json_value(), test.openapi());
    assert!(document.json_value()["paths"]["/healthz"].is_null());
    test.get("/docs").await.assert_header("content-type", "text/html; charset=utf-8");
    let prod = TestApp::of(app()).mode(Mode::Prod).start().await;
    prod.get("/docs").await.assert_status(404);
    let told = TestApp::of(app().docs(true)).mode(Mode::Prod).start().await;
    told.get("/docs").await.assert_ok();
}

#[tokio::test]
async fn the_document_is_forgotten_where_it_is_not_shown() {
    let start = async |is_shown| {
        let app = App::new("shelf").routes(Routes::new().get("/books", async || "x"));
        let app = app.docs(is_shown).configuration(Configuration::new(Mode::Prod));
        app.assemble().unwrap().start().await.unwrap()
    };
    let has_books = |started: &Started| started.openapi()["paths"]["/books"].is_object();
    let asked = start(false).await;
    assert!(has_books(&asked));
    asked.forget_openapi();
    assert!(has_books(&asked), "it was asked for before");
    let forgotten = start(false).await;
    forgotten.forget_openapi();
    assert!(forgotten.openapi().is_null());
    let shown = start(true).await;
    shown.forget_openapi();
    assert!(has_books(&shown));
}
