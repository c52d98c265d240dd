//! Stopping: whatever fails, panics or never ends, the rest is stopped all the same.
//!
//! S-033.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use purlin_core::{App, Close, Error, Inject, Result, Tasks};
use purlin_test::{TestApp, start_fails};

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

struct Sound(Log);
struct Panicking(Log);
struct Endless(Log);
struct Failing(Log);

impl Close for Sound {
    async fn close(&self) -> Result {
        self.0.note("sound");
        Ok(())
    }
}

impl Close for Panicking {
    async fn close(&self) -> Result {
        self.0.note("panicking");
        panic!("while closing")
    }
}

impl Close for Endless {
    async fn close(&self) -> Result {
        self.0.note("endless");
        std::future::pending().await
    }
}

impl Close for Failing {
    async fn close(&self) -> Result {
        self.0.note("failing");
        Err(Error::internal("no goodbye"))
    }
}

/// Services that are closed in the order failing, endless, panicking, sound.
fn services(log: &Log) -> App {
    App::new("test")
        .provide(log.clone())
        .stop_timeout(Duration::ZERO)
        .provide_closing(async |log: Inject<Log>| Ok(Sound(Log::clone(&log))))
        .provide_closing(async |log: Inject<Log>, _: Inject<Sound>| Ok(Panicking(Log::clone(&log))))
        .provide_closing(async |log: Inject<Log>, _: Inject<Panicking>| {
            Ok(Endless(Log::clone(&log)))
        })
        .provide_closing(async |log: Inject<Log>, _: Inject<Endless>| Ok(Failing(Log::clone(&log))))
}

const CLOSED: &str = "failing endless panicking sound";

#[tokio::test]
async fn a_service_that_panics_or_never_closes_keeps_no_other_from_being_closed() {
    let (log, capture) = (Log::default(), purlin_test::Log::begin());
    TestApp::start(services(&log)).await.stop().await;
    assert_eq!(log.lines(), CLOSED);
    let lines = capture.take();
    for told in ["no goodbye", "Endless", "Panicking", "while closing"] {
        assert!(lines.contains(told), "{told} is not in\n{lines}");
    }
}

#[tokio::test]
async fn a_stop_hook_that_panics_or_never_ends_keeps_nothing_else_from_stopping() {
    let (log, capture) = (Log::default(), purlin_test::Log::begin());
    let app = services(&log)
        .on_stop(note("first"))
        .on_stop(async || panic!("in a stop hook"))
        .on_stop(note("second"))
        .on_stop(async || std::future::pending().await)
        .on_stop(|| -> std::future::Ready<Result> { panic!("before it waits") });
    TestApp::start(app).await.stop().await;
    assert_eq!(log.lines(), format!("second first {CLOSED}"));
    let lines = capture.take();
    assert!(lines.contains("in a stop hook") && lines.contains("before it waits"), "{lines}");
    let at_hooks = lines.matches("the stop hook at ").count();
    assert_eq!((at_hooks, lines.matches("it took over 0ns").count()), (3, 2), "{lines}");
}

#[tokio::test]
async fn a_start_hook_or_a_provider_that_panics_closes_what_was_made() {
    let log = Log::default();
    let said = start_fails(services(&log).on_start(async || panic!("in a start hook"))).await;
    assert!(said.contains("in a start hook"), "{said}");
    assert_eq!(log.lines(), CLOSED);
    let app = services(&log)
        .provide_with(async |_: Inject<Failing>| -> Result<u8> { panic!("in a provider") });
    let said = start_fails(app).await;
    assert!(said.contains("the service `u8` could not be made"), "{said}");
    assert!(said.contains("in a provider"), "{said}");
    assert_eq!(log.lines(), CLOSED);
}

#[tokio::test]
async fn a_command_that_panics_closes_its_services() {
    let log = Log::default();
    let run = async |_: Inject<Failing>| -> Result { panic!("in a command") };
    let app = services(&log).command("break", "breaks", run).assemble().unwrap();
    let error = app.run_command("break", Vec::new()).await.unwrap_err();
    assert!(format!("{error:?}").contains("in a command"), "{error:?}");
    assert_eq!(log.lines(), CLOSED);
}

#[tokio::test]
async fn a_task_outside_of_a_runtime_is_not_remembered() {
    let tasks = Tasks::default();
    let outside = tasks.clone();
    let panicked = std::thread::spawn(move || outside.spawn("mail", async { Ok(()) })).join();
    assert!(panicked.is_err());
    assert_eq!((tasks.running(), tasks.list().len()), (0, 0));
}
