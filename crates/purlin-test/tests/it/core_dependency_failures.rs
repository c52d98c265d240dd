//! Request dependencies that fail: whose failure it is, and what becomes of the others.
//!
//! S-099, S-109.

use std::sync::{Arc, Mutex};

use http::header::AUTHORIZATION;
use purlin_core::{
    App, Error, Extract, Inject, Panicked, Reported, Request, Result, Routes, Scoped, Site,
};
use purlin_test::TestApp;

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

async fn app(routes: Routes) -> (TestApp, Log) {
    let log = Log::default();
    (TestApp::start(App::new("test").provide(log.clone()).routes(routes)).await, log)
}

dependency!(user(log: Inject<Log>) -> &'static str {
    log.note("user");
    Ok("anna")
});
dependency!(cart(log: Inject<Log>) -> u8 {
    log.note("cart");
    Err(Error::unauthorized("Bearer", "no cart").absent())
});
dependency!(total(cart: Scoped<cart>) -> u8 { Ok(*cart + 1) });

#[tokio::test]
async fn the_absence_of_one_is_not_that_of_another() {
    let both = async |user: Option<Scoped<user>>, cart: Option<Scoped<cart>>| {
        format!("user={} cart={}", user.is_some(), cart.is_some())
    };
    let other_order = async |cart: Option<Scoped<cart>>, user: Option<Scoped<user>>| {
        format!("user={} cart={}", user.is_some(), cart.is_some())
    };
    let (app, log) = app(Routes::new().get("/a", both).get("/b", other_order)).await;
    app.get("/a").await.assert_text("user=true cart=false");
    assert_eq!(log.lines(), "user cart");
    app.get("/b").await.assert_text("user=true cart=false");
    assert_eq!(log.lines(), "cart user");
}

#[tokio::test]
async fn a_failure_is_handed_to_the_argument_that_asked() {
    let handler = async |user: Scoped<user>, cart: Result<Scoped<cart>, Error>| {
        format!("{} {}", *user, cart.err().unwrap().detail().unwrap())
    };
    let (app, log) = app(Routes::new().get("/", handler)).await;
    app.get("/").await.assert_text("anna no cart");
    assert_eq!(log.lines(), "user cart");
}

#[tokio::test]
async fn what_fails_is_tried_once_and_fails_all_who_need_it() {
    let handler = async |total: Option<Scoped<total>>,
                         cart: Result<Scoped<cart>, Error>,
                         again: Result<Scoped<cart>, Error>| {
        let (cart, again) = (cart.err().unwrap(), again.err().unwrap());
        assert_eq!((cart.status(), cart.code()), (again.status(), again.code()));
        assert_eq!(cart.headers(), again.headers());
        format!("{} {}", total.is_some(), cart.detail().unwrap())
    };
    let alone = async |_: Option<Scoped<cart>>, _: purlin_core::Cookies| "alone";
    let routes = Routes::new().get("/", handler);
    let guarded = Routes::new().get("/guarded", alone).guard::<Option<Scoped<cart>>>();
    let (app, log) = app(routes.merge(guarded)).await;
    app.get("/").await.assert_text("false no cart");
    assert_eq!(log.lines(), "cart");
    app.get("/guarded").await.assert_text("alone");
    assert_eq!(log.lines(), "cart");
}

dependency!(broken() -> u8 { Ok("x".parse::<u8>()?) });

#[tokio::test]
async fn a_failure_keeps_its_causes_for_everybody() {
    let handler = async |one: Result<Scoped<broken>, Error>,
                         two: Result<Scoped<broken>, Error>,
                         _: Scoped<user>| {
        for error in [one.err().unwrap(), two.err().unwrap()] {
            assert!(error.find::<std::num::ParseIntError>().is_some() && !error.is_public());
            assert!(error.place().file().ends_with("core_dependency_failures.rs"));
            assert_eq!(format!("{error:?}"), "invalid digit found in string");
        }
        "x"
    };
    let (app, _) = app(Routes::new().get("/", handler)).await;
    app.get("/").await.assert_text("x");
}

dependency!(slowly_refused() -> u8 {
    tokio::task::yield_now().await;
    Err(Error::conflict("first", "the first"))
});
dependency!(refused_at_once() -> u8 { Err(Error::conflict("second", "the second")) });
dependency!(endless(log: Inject<Log>) -> u8 {
    let _dropped = Noted(Log::clone(&log));
    std::future::pending().await
});
dependency!(work(log: Inject<Log>) -> Log {
    Ok(Log::clone(&log))
} finish(log, status) {
    log.note(format!("finished:{}", status.as_u16()));
    Ok(())
});

struct Noted(Log);

impl Drop for Noted {
    fn drop(&mut self) {
        self.0.note("dropped");
    }
}

#[tokio::test]
async fn of_several_failures_the_leftmost_is_the_answer_and_nobody_waits_for_the_others() {
    let first = async |_: Scoped<slowly_refused>, _: Scoped<refused_at_once>| "never";
    let second = async |_: Scoped<refused_at_once>, _: Scoped<slowly_refused>| "never";
    let third = async |_: Scoped<work>, _: Scoped<refused_at_once>, _: Scoped<endless>| "never";
    let routes = Routes::new().get("/1", first).get("/2", second).get("/3", third);
    let (app, log) = app(routes).await;
    let ask = |path: &str| app.get(path).without_conformance();
    ask("/1").await.assert_problem(409, "first");
    ask("/2").await.assert_problem(409, "second");
    ask("/3").await.assert_problem(409, "second");
    // What still ran was given up before the others were finished.
    assert_eq!(log.lines(), "dropped finished:409");
}

struct Token;

impl Extract for Token {
    type Prepared = ();

    fn prepare(site: &mut Site<'_>) -> Result<(), Reported> {
        let operation = site.operation();
        operation.problem(http::StatusCode::UNAUTHORIZED, "unauthorized", "No token was sent");
        Ok(())
    }

    async fn extract((): &(), request: &mut Request) -> Result<Self> {
        let sent = request.headers().contains_key(AUTHORIZATION);
        if sent { Ok(Self) } else { Err(Error::unauthorized("Bearer", "send a token")) }
    }
}

#[tokio::test]
async fn a_guard_between_stops_those_behind_it() {
    let handler = async |_: Scoped<user>, _: Token, _: Option<Scoped<cart>>| "x";
    let (app, log) = app(Routes::new().get("/", handler)).await;
    app.get("/").await.assert_problem(401, "unauthorized");
    assert_eq!(log.lines(), "user");
    app.get("/").bearer("x").await.assert_text("x");
    assert_eq!(log.lines(), "user cart");
}

dependency!(fragile() -> u8 { Ok(0) } finish(_value, _status) {
    Err(Error::internal("the rollback failed"))
});
dependency!(explosive() -> u16 { Ok(0) } finish(_value, _status) {
    panic!("while finishing")
});

#[tokio::test]
async fn a_failure_of_finishing_that_is_not_the_answer_is_logged() {
    let capture = purlin_test::Log::begin();
    let failing = async |_: Scoped<work>, _: Scoped<fragile>| -> Result<&'static str> {
        Err(Error::conflict("taken", "it is taken"))
    };
    let fine = async |_: Scoped<explosive>, _: Scoped<fragile>, _: Scoped<work>| "fine";
    let (app, log) = app(Routes::new().get("/failing", failing).get("/fine", fine)).await;
    let response = app.get("/failing").without_conformance().await;
    response.assert_problem(409, "taken");
    assert_eq!(log.lines(), "finished:409");
    let lines = capture.take();
    let id = response.header("x-request-id").unwrap();
    assert_eq!(lines.matches("the rollback failed").count(), 1, "{lines}");
    assert!(lines.contains(id), "{lines}");
    // Two that fail: the first is the answer, which is logged as such, and so is the other.
    app.get("/fine").await.assert_problem(500, "internal_error");
    let lines = capture.take();
    assert!(lines.contains("the rollback failed") && lines.contains("while finishing"), "{lines}");
}

#[tokio::test]
async fn a_finish_that_panics_keeps_no_other_from_its_turn() {
    let handler = async |_: Scoped<work>, _: Scoped<explosive>| "x";
    let (app, log) = app(Routes::new().get("/", handler)).await;
    let response = app.get("/").await;
    response.assert_problem(500, "internal_error");
    let panicked = response.error().unwrap().find::<Panicked>().unwrap();
    assert_eq!(panicked.message(), "while finishing");
    assert_eq!(log.lines(), "finished:200");
}

struct Refusing;

impl Extract for Refusing {
    type Prepared = ();

    fn prepare(_site: &mut Site<'_>) -> Result<(), Reported> {
        Ok(())
    }

    async fn extract((): &(), _request: &mut Request) -> Result<Self> {
        Err(Error::forbidden("not you"))
    }
}

dependency!(held(log: Inject<Log>) -> Noted {
    Ok(Noted(Log::clone(&log)))
} finish(held, _status) {
    held.0.note("finished");
    Ok(())
});

#[tokio::test]
async fn where_no_handler_was_asked_a_value_is_dropped_unfinished() {
    let routes = Routes::new().get("/", async || "never");
    let (app, log) = app(routes.guard::<Scoped<held>>().guard::<Refusing>()).await;
    app.get("/").without_conformance().await.assert_status(403);
    assert_eq!(log.lines(), "dropped");
}
