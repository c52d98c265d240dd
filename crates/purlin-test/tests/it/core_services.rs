//! Services: provided, injected, made in order, and closed in reverse.
//!
//! S-095, S-102.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use purlin_core::{App, Close, Inject, Next, Request, Response, Result, Routes};
use purlin_test::{TestApp, start_fails};
use tokio::sync::Barrier;

type Log = Arc<Mutex<Vec<&'static str>>>;

fn lines(log: &Log) -> String {
    std::mem::take(&mut *log.lock().unwrap()).join(" ")
}

struct Counter(AtomicU32);

#[tokio::test]
async fn a_service_is_one_for_all() {
    let count = async |counter: Inject<Counter>, again: Inject<Counter>| {
        counter.0.fetch_add(1, Ordering::Relaxed);
        again.0.load(Ordering::Relaxed).to_string()
    };
    let routes = Routes::new().get("/a", count).get("/b", count);
    let app = App::new("test").provide(Counter(AtomicU32::new(0))).routes(routes);
    let app = TestApp::start(app).await;
    app.get("/a").await.assert_text("1");
    app.get("/b").await.assert_text("2");
}

#[tokio::test]
async fn a_transient_service_is_new_for_everybody() {
    let routes = Routes::new()
        .get("/", async |one: Inject<u32>, two: Inject<u32>| format!("{one:?} {two:?}"));
    let app = App::new("test")
        .provide_each(|counter: Inject<Counter>| counter.0.fetch_add(1, Ordering::Relaxed))
        .provide(Counter(AtomicU32::new(0)))
        .routes(routes);
    let app = TestApp::start(app).await;
    app.get("/").await.assert_text("0 1");
    app.get("/").await.assert_text("2 3");
}

struct Pool(Log);
struct Mailer(Log);
struct Shop(Log);

macro_rules! closing {
    ($($type:ident $name:literal)*) => {
        $(impl Close for $type {
            async fn close(&self) -> Result {
                self.0.lock().unwrap().push(concat!($name, "-closed"));
                Ok(())
            }
        })*
    };
}

closing!(Pool "pool" Mailer "mailer" Shop "shop");

fn shop(log: &Log) -> App {
    let note = |name: &'static str| {
        let log = Arc::clone(log);
        move || {
            log.lock().unwrap().push(name);
            Arc::clone(&log)
        }
    };
    let (pool, mailer, shop) = (note("pool"), note("mailer"), note("shop"));
    App::new("test")
        .provide_closing(move |_: Inject<Mailer>, _: Inject<Pool>| {
            let log = shop();
            async { Ok(Shop(log)) }
        })
        .provide_closing(move |_: Inject<Pool>| {
            let log = mailer();
            async { Ok(Mailer(log)) }
        })
        .provide_closing(move || {
            let log = pool();
            async { Ok(Pool(log)) }
        })
}

#[tokio::test]
async fn services_are_made_as_they_need_each_other_and_closed_in_reverse() {
    let log = Log::default();
    let app = TestApp::start(shop(&log)).await;
    assert_eq!(lines(&log), "pool mailer shop");
    app.stop().await;
    assert_eq!(lines(&log), "shop-closed mailer-closed pool-closed");
}

#[tokio::test]
async fn a_service_that_cannot_be_made_closes_those_that_were() {
    let log = Log::default();
    let app = shop(&log).provide_with(async |_: Inject<Mailer>| {
        let number: u8 = "x".parse()?;
        Ok(number)
    });
    let said = start_fails(app).await;
    assert!(said.contains("the service `u8` could not be made"), "{said}");
    let lines = lines(&log);
    assert!(
        lines.contains("pool mailer") && lines.ends_with("mailer-closed pool-closed"),
        "{lines}"
    );
}

#[tokio::test]
async fn providers_that_do_not_need_each_other_run_side_by_side() {
    let app = App::new("test")
        .provide(Barrier::new(2))
        .provide_with(async |meeting: Inject<Barrier>| {
            meeting.wait().await;
            Ok(1u8)
        })
        .provide_with(async |meeting: Inject<Barrier>| {
            meeting.wait().await;
            Ok(2u16)
        });
    let start = TestApp::start(app);
    tokio::time::timeout(std::time::Duration::from_secs(2), start).await.unwrap();
}

trait Clock: Send + Sync {
    fn year(&self) -> u32;
}

struct Fixed(u32);

impl Clock for Fixed {
    fn year(&self) -> u32 {
        self.0
    }
}

#[tokio::test]
async fn a_service_may_be_a_trait_and_the_later_one_wins() {
    let show = async |clock: Inject<dyn Clock>| clock.year().to_string();
    let app = App::new("test")
        .provide_as::<dyn Clock>(Arc::new(Fixed(1817)))
        .provide_as::<dyn Clock>(Arc::new(Fixed(1862)))
        .routes(Routes::new().get("/", show));
    TestApp::start(app).await.get("/").await.assert_text("1862");
}

#[tokio::test]
async fn a_service_that_may_be_missing_is_an_option() {
    let show = async |clock: Option<Inject<dyn Clock>>| clock.is_some().to_string();
    let app = || App::new("test").routes(Routes::new().get("/", show));
    TestApp::start(app()).await.get("/").await.assert_text("false");
    let app = TestApp::of(app()).provide_as::<dyn Clock>(Arc::new(Fixed(1)));
    app.start().await.get("/").await.assert_text("true");
}

struct Payments;
struct Client;

#[tokio::test]
async fn everything_that_is_missing_is_reported_with_who_needs_it() {
    let routes = Routes::new().get("/", async |_: Inject<Payments>, _: Inject<dyn Clock>| "x");
    let app = App::new("test")
        .provide_with(async |_: Inject<Client>| Ok(Payments))
        .on_start(async |_: Inject<u64>| Ok(()))
        .routes(routes);
    let report = start_fails(app).await;
    assert!(report.contains("error[P0301]: Payments → Client: not provided"), "{report}");
    assert!(report.contains("→ dyn Clock: not provided"), "{report}");
    assert!(report.contains("call `.provide_as::<dyn Clock>(Arc::new(…))`"), "{report}");
    assert!(report.contains("on_start → u64: not provided"), "{report}");
    assert!(report.contains("error: 3 problems, not started"), "{report}");
}

#[tokio::test]
async fn a_circle_of_services_is_reported_with_its_places() {
    let app = App::new("test")
        .provide_with(async |_: Inject<Client>| Ok(Payments))
        .provide_with(async |_: Inject<Payments>| Ok(Client));
    let report = start_fails(app).await;
    assert!(report.contains("services need each other: Payments → Client → Payments"), "{report}");
    assert_eq!(report.matches("core_services.rs").count(), 2, "{report}");
    let alone = App::new("test").provide_with(async |_: Inject<Client>| Ok(Client));
    let report = start_fails(alone).await;
    assert!(report.contains("services need each other: Client → Client"), "{report}");
}

#[tokio::test]
async fn a_service_that_is_missing_is_told_once_with_all_who_need_it() {
    async fn pay(_: Inject<Client>) -> &'static str {
        "x"
    }
    async fn timed(_: Inject<Client>, request: Request, next: Next) -> Result<Response> {
        Ok(next.run(request).await)
    }
    struct Shop;
    let app = App::new("test")
        .provide_with(async |_: Inject<Client>| Ok(Payments))
        .provide_with(async |_: Inject<Payments>| Ok(Shop))
        .on_start(async |_: Inject<Client>| Ok(()))
        .routes(Routes::new().get("/", pay).get("/again", pay).middleware(timed));
    let report = start_fails(app).await;
    for part in [
        "error[P0301]: `Client` is not provided, and 4 need it\n",
        "   Shop → Payments\n",
        "   timed\n",
        "   pay\n",
        "   on_start\n",
        "= help: call `.provide(…)` with a `Client` on the application, or `.provide_with(…)`\n",
        "error: 1 problem, not started\n",
    ] {
        assert!(report.contains(part), "`{part}` is missing in\n{report}");
    }
    assert_eq!(report.matches("core_services.rs:").count(), 4, "{report}");
    assert_eq!(report.matches("-->").count(), 4, "{report}");
}

#[tokio::test]
async fn two_services_of_one_name_are_two() {
    mod other {
        pub(super) struct Client;
    }
    let both = async |_: Inject<Client>, _: Inject<other::Client>| "x";
    let report = start_fails(App::new("test").routes(Routes::new().get("/", both))).await;
    assert_eq!(report.matches("→ Client: not provided").count(), 2, "{report}");
}
