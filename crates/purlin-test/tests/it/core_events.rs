//! Events and who is told of them. S-192.

use std::sync::{Arc, Mutex};

use purlin_core::{App, Close, Error, Event, Events, Inject, Result, Routes, Tasks, blocking};
use purlin_test::{TestApp, start_fails, until};
use tokio::sync::Notify;

use crate::ask::ask;

struct OrderPlaced {
    id: u32,
}

struct Unheard;

#[derive(Default)]
struct Book(Mutex<Vec<String>>);

impl Book {
    fn note(&self, line: String) {
        self.0.lock().unwrap().push(line);
    }

    fn lines(&self) -> String {
        let mut lines = self.0.lock().unwrap().clone();
        lines.sort();
        lines.join(", ")
    }
}

async fn confirm(order: Event<OrderPlaced>, book: Inject<Book>) -> Result {
    book.note(format!("confirm {}", order.id));
    Ok(())
}

async fn pack(order: Event<OrderPlaced>, book: Inject<Book>, gate: Inject<Notify>) -> Result {
    gate.notified().await;
    book.note(format!("pack {}", order.id));
    Ok(())
}

async fn fails(_: Event<OrderPlaced>) -> Result {
    Err(Error::conflict("sold_out", "it is sold out"))
}

async fn panics(_: Event<OrderPlaced>) -> Result {
    panic!("no stock")
}

fn app() -> App {
    let order = async |events: Inject<Events>| -> Result<&'static str> {
        events.emit(Unheard)?;
        events.emit(OrderPlaced { id: 7 })?;
        Ok("placed")
    };
    let wait = async |events: Inject<Events>| {
        let failed = events.emit_and_wait(OrderPlaced { id: 8 }).await;
        format!("{failed} failed")
    };
    let lines = async |book: Inject<Book>| book.lines();
    let open = async |gate: Inject<Notify>| {
        gate.notify_one();
        "open"
    };
    App::new("shop")
        .provide(Book::default())
        .provide(Notify::new())
        .routes(Routes::new().post("/orders", order).post("/wait", wait))
        .routes(Routes::new().get("/lines", lines).post("/open", open))
}

#[tokio::test]
async fn all_subscribers_are_told_and_those_that_fail_are_in_the_log() {
    let log = purlin_test::Log::begin();
    let app = TestApp::start(app().on_event(fails).on_event(confirm).on_event(panics)).await;
    assert_eq!(ask(&app, "POST /wait").await, "200 2 failed");
    assert_eq!(ask(&app, "GET /lines").await, "200 confirm 8");
    let lines = log.take();
    let failures: Vec<_> = lines.lines().filter(|line| line.contains("purlin::event")).collect();
    assert_eq!(failures.len(), 2, "{lines}");
    assert!(failures.iter().all(|line| line.contains("OrderPlaced")), "{lines}");
    assert!(failures[0].contains("core_events::fails") && failures[0].contains("sold out"));
    assert!(failures[1].contains("core_events::panics") && failures[1].contains("no stock"));
}

#[tokio::test]
async fn they_go_on_after_the_answer_and_are_waited_for_when_the_application_stops() {
    let app = TestApp::start(app().on_event(pack).on_event(confirm).on_stop(
        async |book: Inject<Book>| {
            assert_eq!(book.lines(), "confirm 7, pack 7");
            book.note("stopped".to_owned());
            Ok(())
        },
    ))
    .await;
    let log = purlin_test::Log::begin();
    assert_eq!(ask(&app, "POST /orders").await, "200 placed");
    assert!(!ask(&app, "GET /lines").await.contains("pack"), "nothing has opened the gate");
    assert_eq!(ask(&app, "POST /open").await, "200 open");
    app.stop().await;
    assert!(!log.take().contains("did not stop"), "the stop hook found both lines");
}

struct Audited;

/// The request is known to what it has begun: to a subscriber of a subscriber, to a task, and where
/// a handler runs on a thread of its own.
#[tokio::test]
async fn the_log_of_a_failed_subscriber_names_the_request_that_emitted_the_event() {
    async fn audit(_: Event<OrderPlaced>, events: Inject<Events>) -> Result {
        tokio::task::yield_now().await;
        events.emit(Audited)
    }
    async fn refuse(_: Event<Audited>) -> Result {
        Err(Error::conflict("full", "the book is full"))
    }
    let emit = async |events: Inject<Events>| events.emit(OrderPlaced { id: 1 });
    let block = |events: Inject<Events>| events.emit(Audited);
    let task = async |tasks: Inject<Tasks>, events: Inject<Events>| {
        let task = async move { events.emit(Audited) };
        tasks.spawn("later", task);
    };
    let wait = async |events: Inject<Events>| {
        events.emit_and_wait(Audited).await;
    };
    let routes = Routes::new().post("/emit", emit).post("/block", blocking(block));
    let routes = routes.post("/task", task).post("/wait", wait);
    let app = App::new("shop").on_event(audit).on_event(refuse).routes(routes);
    let app = app.on_stop(async |events: Inject<Events>| events.emit(Audited));
    let app = TestApp::start(app).await;
    let log = purlin_test::Log::begin();
    for path in ["/emit", "/block", "/task", "/wait"] {
        app.post(path).header("x-request-id", format!("id-of{}", path.replace('/', "-"))).await;
        let mut lines = String::new();
        until("the subscriber has failed", async || {
            lines.push_str(&log.take());
            lines.contains("the book is full")
        })
        .await;
        let failure = lines.lines().find(|line| line.contains("the book is full")).unwrap();
        let id = format!("request.id=id-of{}", path.replace('/', "-"));
        assert!(failure.contains("purlin::event") && failure.contains(&id), "{failure}");
    }
    app.stop().await;
    let lines = log.take();
    let failure = lines.lines().find(|line| line.contains("the book is full")).unwrap();
    assert!(!failure.contains("request.id"), "no request has emitted it: {failure}");
}

/// Closes with what was told until then.
struct Shelf(Inject<Book>);

impl Close for Shelf {
    async fn close(&self) -> Result {
        assert_eq!(self.0.lines(), "audited");
        Ok(())
    }
}

#[tokio::test]
async fn what_a_stop_hook_emits_is_delivered_before_services_are_closed() {
    let app = app().on_event(async |_: Event<Audited>, book: Inject<Book>| {
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        book.note("audited".to_owned());
        Ok(())
    });
    let app = app
        .provide_closing(async |book: Inject<Book>| Ok(Shelf(book)))
        .on_stop(async |events: Inject<Events>| events.emit(Audited));
    let app = TestApp::start(app).await;
    let log = purlin_test::Log::begin();
    app.stop().await;
    assert!(!log.take().contains("did not stop"), "the shelf found the line");
}

#[tokio::test]
async fn what_is_not_delivered_in_time_is_named_in_the_log() {
    let app = app().on_event(pack).on_event(async |_: Event<Audited>, gate: Inject<Notify>| {
        gate.notified().await;
        Ok(())
    });
    let app = app.on_stop(async |events: Inject<Events>| {
        events.emit(OrderPlaced { id: 1 })?;
        events.emit(OrderPlaced { id: 2 })?;
        events.emit(Audited)
    });
    let started = app.assemble().unwrap().start().await.unwrap();
    let log = purlin_test::Log::begin();
    started.stop(std::time::Duration::ZERO).await;
    let lines = log.take();
    let warning = lines.lines().find(|line| line.contains("at the deadline")).unwrap();
    assert!(warning.contains("cut=3"), "{warning}");
    assert!(warning.contains("2 × `it::core_events::pack`"), "{warning}");
    assert!(warning.contains("`it::core_events::what_is_not_delivered"), "{warning}");
}

/// A subscriber that emits holds what tells it.
#[tokio::test]
async fn an_application_that_has_stopped_lets_its_services_go() {
    let book = Arc::new(Book::default());
    let wait = async |events: Inject<Events>| {
        events.emit_and_wait(OrderPlaced { id: 1 }).await;
        "done"
    };
    let app = App::new("shop")
        .provide_as::<Book>(Arc::clone(&book))
        .on_event(async |_: Event<OrderPlaced>, events: Inject<Events>, book: Inject<Book>| {
            book.note("told".to_owned());
            events.emit(Unheard)
        })
        .routes(Routes::new().post("/wait", wait));
    let app = TestApp::start(app).await;
    assert_eq!(ask(&app, "POST /wait").await, "200 done");
    assert_eq!(book.lines(), "told");
    app.stop().await;
    assert_eq!(Arc::strong_count(&book), 1);
}

#[tokio::test]
async fn more_than_the_application_allows_are_refused() {
    let app = TestApp::start(app().on_event(pack).most_events(1)).await;
    assert_eq!(ask(&app, "POST /orders").await, "200 placed");
    assert_eq!(ask(&app, "POST /orders").await, "503 too_many_events");
    assert_eq!(ask(&app, "POST /open").await, "200 open");
    until("the order is packed", async || ask(&app, "GET /lines").await == "200 pack 7").await;
    assert_eq!(ask(&app, "POST /orders").await, "200 placed");
}

#[tokio::test]
async fn a_service_that_a_subscriber_misses_keeps_the_application_from_starting() {
    let report = start_fails(App::new("a").on_event(confirm)).await;
    assert!(report.contains("P0301"), "{report}");
    assert!(report.contains("core_events::confirm → Book: not provided"), "{report}");
    assert!(report.contains("core_events.rs:"), "{report}");
}

/// A command makes only the services that it needs; those of subscribers are among them.
#[tokio::test]
async fn a_command_may_emit_and_its_events_are_waited_for() {
    let book = Arc::new(Book::default());
    let kept = Arc::clone(&book);
    let app = App::new("shop")
        .provide_with(async || Ok(Notify::new()))
        .provide_as::<Book>(book)
        .on_event(async |order: Event<OrderPlaced>, book: Inject<Book>, _: Inject<Notify>| {
            tokio::task::yield_now().await;
            book.note(format!("told {}", order.id));
            Ok(())
        })
        .command("place", "places an order", async |events: Inject<Events>| {
            events.emit(OrderPlaced { id: 9 })
        });
    app.assemble().unwrap().run_command("place", Vec::new()).await.unwrap();
    assert_eq!(kept.lines(), "told 9");
}
