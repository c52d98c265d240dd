//! How many requests are answered at a time.
//!
//! S-246.

use std::future::{IntoFuture, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use purlin_core::{Body, Concurrency, Inject, Routes, Tasks};
use purlin_test::TestApp;
use tokio::sync::Semaphore;

use crate::ask::serve;

/// Requests that are held until they are let go.
#[derive(Clone)]
struct Held {
    begun: Arc<Semaphore>,
    let_go: Arc<Semaphore>,
}

impl Held {
    async fn app(concurrency: Concurrency) -> (Self, TestApp) {
        let none = || Arc::new(Semaphore::new(0));
        let held = Self { begun: none(), let_go: none() };
        let handler = {
            let held = held.clone();
            move || {
                let held = held.clone();
                async move {
                    held.begun.add_permits(1);
                    held.let_go.acquire().await.unwrap().forget();
                    "done"
                }
            }
        };
        let routes = Routes::new().get("/one", handler.clone()).get("/other", handler);
        let routes = routes.middleware(concurrency);
        (held, serve(Routes::new().merge(routes).get("/free", async || "free")).await)
    }

    /// Waits until so many more have begun.
    async fn begun(&self, count: u32) {
        self.begun.acquire_many(count).await.unwrap().forget();
    }

    fn let_go(&self, count: usize) {
        self.let_go.add_permits(count);
    }
}

async fn is_refused(app: &TestApp, path: &str) {
    let answer = app.get(path).await;
    answer.assert_status(503).assert_header("retry-after", "7");
    assert_eq!(answer.json::<serde_json::Value>()["code"], "overloaded");
}

#[tokio::test]
async fn one_request_more_than_may_be_is_refused_at_once() {
    let limit = Concurrency::limit(2).retry_after(Duration::from_millis(6001));
    let (held, app) = Held::app(limit).await;
    for _ in 0..2 {
        let (one, other, ()) = tokio::join!(app.get("/one"), app.get("/other"), async {
            held.begun(2).await;
            is_refused(&app, "/one").await;
            app.get("/free").await.assert_text("free");
            held.let_go(2);
        });
        one.assert_text("done");
        other.assert_text("done");
    }
}

#[tokio::test]
async fn a_client_that_leaves_gives_its_place_back() {
    let (held, app) = Held::app(Concurrency::limit(1)).await;
    let leaving = async { app.get("/one").await };
    tokio::select! {
        _ = leaving => panic!("it is held"),
        () = held.begun(1) => {}
    }
    held.let_go(1);
    app.get("/one").await.assert_text("done");
}

#[tokio::test]
async fn a_place_is_free_when_the_answer_has_come_to_its_end() {
    let more = Arc::new(Semaphore::new(0));
    let stream = {
        let more = Arc::clone(&more);
        move || {
            let more = Arc::clone(&more);
            std::future::ready(Body::produce(|out| async move {
                out.send("begun").await?;
                more.acquire().await?.forget();
                out.send("ended").await?;
                Ok(())
            }))
        }
    };
    let routes = Routes::new().get("/", async || "free").get("/stream", stream);
    let limit = Concurrency::limit(1).retry_after(Duration::from_secs(7));
    let app = serve(routes.middleware(limit)).await;
    let mut answer = app.get("/stream").streamed().await;
    assert_eq!(answer.chunk().await.unwrap(), "begun");
    is_refused(&app, "/").await;
    more.add_permits(1);
    assert_eq!(answer.chunk().await.unwrap(), "ended");
    assert_eq!(answer.chunk().await, None);
    app.get("/").await.assert_text("free");
    // So it is when nobody reads it to its end.
    let answer = app.get("/stream").streamed().await;
    is_refused(&app, "/").await;
    drop(answer);
    app.get("/").await.assert_text("free");
}

#[tokio::test]
async fn work_that_goes_on_after_the_answer_has_no_place() {
    let spawn = async |tasks: Inject<Tasks>| {
        tasks.spawn("endless", std::future::pending());
        "spawned"
    };
    let app = serve(Routes::new().get("/", spawn).middleware(Concurrency::limit(1))).await;
    for _ in 0..2 {
        app.get("/").await.assert_text("spawned");
    }
}

#[tokio::test]
async fn those_in_the_queue_follow_and_others_are_refused() {
    let limit = Concurrency::limit(1).queue(2, Duration::from_mins(1));
    let (held, app) = Held::app(limit.retry_after(Duration::from_secs(7))).await;
    let (one, two, three, ()) =
        tokio::join!(app.get("/one"), app.get("/other"), app.get("/one"), async {
            held.begun(1).await;
            is_refused(&app, "/other").await;
            for _ in 0..2 {
                held.let_go(1);
                held.begun(1).await;
            }
            held.let_go(1);
        });
    for answer in [one, two, three] {
        answer.assert_text("done");
    }
}

#[tokio::test]
async fn who_leaves_the_queue_gives_its_place_there_back() {
    let limit = Concurrency::limit(1).queue(1, Duration::from_mins(1));
    let (held, app) = Held::app(limit.retry_after(Duration::from_secs(7))).await;
    let (one, other, ()) = tokio::join!(
        app.get("/one"),
        async {
            for _ in 0..3 {
                let mut waiting = pin!(app.get("/other").into_future());
                let polled = poll_fn(|cx| Poll::Ready(waiting.as_mut().poll(cx))).await;
                assert!(polled.is_pending());
                is_refused(&app, "/one").await;
            }
            held.let_go(2);
            app.get("/other").await
        },
        held.begun(2),
    );
    one.assert_text("done");
    other.assert_text("done");
}

#[tokio::test]
async fn who_waits_for_too_long_is_refused() {
    let limit = Concurrency::limit(1).queue(1, Duration::from_millis(5));
    let (held, app) = Held::app(limit.retry_after(Duration::from_secs(7))).await;
    let (one, ()) = tokio::join!(app.get("/one"), async {
        held.begun(1).await;
        is_refused(&app, "/other").await;
        is_refused(&app, "/other").await;
        held.let_go(1);
    });
    one.assert_text("done");
}

#[tokio::test]
async fn the_document_says_that_it_may_be_too_much() {
    let (_, app) = Held::app(Concurrency::limit(1)).await;
    let document = app.get("/openapi.json").await.json::<serde_json::Value>();
    let answer = &document["paths"]["/one"]["get"]["responses"]["503"];
    assert!(answer["headers"]["Retry-After"].is_object(), "{answer}");
    assert!(document["paths"]["/free"]["get"]["responses"]["503"].is_null());
}
