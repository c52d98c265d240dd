//! Services of groups of routes: who gets which, when they are made, and how a test replaces them.
//!
//! S-095.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use purlin_core::config::Configuration;
use purlin_core::{
    App, Caught, Close, Dependency, Inject, Mode, Next, Place, Reported, Request, Resolve,
    Response, Result, Routes, Scoped, Site,
};
use purlin_test::{TestApp, start_fails};

type BoxFuture<'a, T> = std::pin::Pin<Box<dyn Future<Output = T> + Send + 'a>>;

struct Name(&'static str);

async fn name(name: Inject<Name>) -> &'static str {
    name.0
}

/// Notes who is further out.
async fn noted(name: Inject<Name>, request: Request, next: Next) -> Result<Response> {
    let mut response = next.run(request).await;
    let further_in = response.header("x-names").unwrap_or("").to_owned();
    response.set_header("x-names", &format!("{} {further_in}", name.0))?;
    Ok(response)
}

async fn caught(_: Caught<std::num::ParseIntError>, name: Inject<Name>) -> String {
    format!("caught by {}", name.0)
}

async fn fail() -> Result<&'static str> {
    "x".parse::<u8>()?;
    Ok("x")
}

/// A request dependency of the service.
struct Named;

impl Dependency for Named {
    type Value = String;
    type Prepared = <Inject<Name> as Resolve>::Prepared;
    const PLACE: Place = Place::new("named", "core_groups.rs", 1);

    fn prepare(site: &mut Site<'_>) -> Result<Self::Prepared, Reported> {
        site.needs(<Inject<Name> as Resolve>::prepare)
    }

    fn begin<'a>(
        prepared: &'a Self::Prepared,
        _request: &'a mut Request,
    ) -> BoxFuture<'a, Result<BoxFuture<'static, Result<String>>>> {
        Box::pin(async {
            let name = Inject::<Name>::resolve(prepared)?;
            Ok(Box::pin(async move { Ok(name.0.to_owned()) }) as BoxFuture<'static, _>)
        })
    }
}

fn nested() -> App {
    let inner = Routes::new()
        .get("/", name)
        .get("/scoped", async |name: Scoped<Named>| name.to_string())
        .get("/fail", fail)
        .middleware(noted)
        .provide(Name("never"))
        .provide(Name("inner"));
    let plain = Routes::new().get("/", name);
    let outer = Routes::new()
        .nest("/inner", inner)
        .nest("/plain", plain)
        .get("/", name)
        .middleware(noted)
        .on_error(caught)
        .provide(Name("outer"));
    App::new("groups")
        .provide(Name("app"))
        .routes(Routes::new().get("/", name))
        .nest("/outer", outer)
        .guard::<Scoped<Named>>()
        .middleware(noted)
}

#[tokio::test]
async fn everybody_gets_the_service_of_the_innermost_group_around() {
    let app = TestApp::start(nested()).await;
    for (path, text, names) in [
        ("/", "app", "app "),
        ("/outer", "outer", "app outer "),
        ("/outer/plain", "outer", "app outer "),
        ("/outer/inner", "inner", "app outer inner "),
        ("/outer/inner/scoped", "inner", "app outer inner "),
        // The handler of the outer group, for the error of the inner one.
        ("/outer/inner/fail", "caught by outer", "app outer inner "),
    ] {
        let response = app.get(path).await;
        assert_eq!(response.text(), text, "{path}");
        assert_eq!(response.header("x-names"), Some(names), "{path}");
    }
    // What no route answers has the steps of the application, and its services.
    assert_eq!(app.get("/nowhere").await.header("x-names"), Some("app "));
}

type Log = Arc<Mutex<Vec<String>>>;

struct Base;

struct Text(String, Log);

impl Close for Text {
    async fn close(&self) -> Result {
        self.1.lock().unwrap().push(format!("{} closed", self.0));
        Ok(())
    }
}

async fn text(text: Inject<Text>) -> String {
    text.0.clone()
}

struct Suffix(&'static str);

/// A group that makes its text of the text around it.
fn suffixed(suffix: &'static str, log: &Log) -> Routes {
    let log = Arc::clone(log);
    Routes::new()
        .get("/", text)
        .provide_closing(move |around: Inject<Text>, suffix: Inject<Suffix>, _: Inject<Base>| {
            let text = format!("{}{}", around.0, suffix.0);
            log.lock().unwrap().push(format!("{text} made"));
            let text = Text(text, Arc::clone(&log));
            async { Ok(text) }
        })
        .provide(Suffix(suffix))
}

fn texts(log: &Log) -> App {
    let twice = suffixed("2", log);
    let in_both = suffixed("3", log);
    App::new("texts")
        .provide(Base)
        .provide(Text("1".to_owned(), Arc::clone(log)))
        .nest("/a", suffixed("a", log).nest("/in", in_both.clone()))
        .nest("/b", suffixed("b", log).nest("/in", in_both))
        .nest("/v1", twice.clone())
        .nest("/v2", twice)
}

#[tokio::test]
async fn a_service_of_a_group_is_made_of_those_around_it_and_once_for_each_surroundings() {
    let log = Log::default();
    let app = TestApp::start(texts(&log)).await;
    for (path, text) in [
        ("/a", "1a"),
        ("/b", "1b"),
        ("/a/in", "1a3"),
        ("/b/in", "1b3"),
        ("/v1", "12"),
        ("/v2", "12"),
    ] {
        app.get(path).await.assert_text(text);
    }
    let mut made = std::mem::take(&mut *log.lock().unwrap());
    let place = |what: &str| made.iter().position(|line| line == what).unwrap();
    assert!(place("1a made") < place("1a3 made") && place("1b made") < place("1b3 made"));
    made.sort();
    assert_eq!(made, ["12 made", "1a made", "1a3 made", "1b made", "1b3 made"]);
    app.stop().await;
    let closed = log.lock().unwrap().clone();
    assert_eq!(closed.len(), 5, "{closed:?}");
    let place = |what: &str| closed.iter().position(|line| line == what).unwrap();
    assert!(place("1a3 closed") < place("1a closed") && place("1b3 closed") < place("1b closed"));
}

#[tokio::test]
async fn a_test_replaces_a_service_in_all_groups_and_nobody_makes_it() {
    let app = TestApp::of(nested()).provide(Name("test")).start().await;
    for path in ["/", "/outer", "/outer/inner", "/outer/inner/scoped"] {
        app.get(path).await.assert_text("test");
    }
    let log = Log::default();
    let app = TestApp::of(texts(&log)).provide(Text("test".to_owned(), Arc::clone(&log)));
    let app = app.start().await;
    for path in ["/a", "/a/in", "/v1"] {
        app.get(path).await.assert_text("test");
    }
    app.stop().await;
    assert!(log.lock().unwrap().is_empty(), "{log:?}");
    // It stands even where something is provided later.
    let app = App::new("late").replace(Name("test")).provide(Name("late"));
    TestApp::start(app.routes(Routes::new().get("/", name)))
        .await
        .get("/")
        .await
        .assert_text("test");
    // So it does where the framework itself provides it.
    let mode = async |configuration: Inject<Configuration>| format!("{:?}", configuration.mode());
    let app = App::new("own").replace(Configuration::new(Mode::Prod));
    let app = TestApp::of(app.routes(Routes::new().get("/", mode))).mode(Mode::Dev);
    app.start().await.get("/").await.assert_text("Prod");
}

#[tokio::test]
async fn a_service_of_a_group_is_missing_outside_of_it() {
    async fn outside(_: Inject<Name>) -> &'static str {
        "x"
    }
    let group = || Routes::new().get("/", name).provide(Name("group"));
    let app = App::new("missing")
        .nest("/admin", Routes::new().nest("/users/names", group()))
        .routes(Routes::new().get("/outside", outside));
    let report = start_fails(app).await;
    assert!(
        report.contains("error[P0301]: outside → Name: not provided here, but in the group `/admin/users/names` (crates/purlin-test/tests/it/core_groups.rs:"),
        "{report}"
    );
    assert!(
        report.contains("= help: add the routes that need it to that group, or call `.provide(…)` with a `Name` on the application, or `.provide_with(…)`"),
        "{report}"
    );
    assert!(report.contains("error: 1 problem, not started"), "{report}");

    // Neither do hooks, checks and services of the application see it, nor the group beside.
    let app = App::new("missing")
        .routes(group())
        .nest("/a", group())
        .nest("/b", Routes::new().get("/", outside).provide(Suffix("")))
        .provide_with(async |_: Inject<Name>| Ok(Base))
        .on_start(async |_: Inject<Name>| Ok(()));
    let report = start_fails(app).await;
    assert!(
        report.contains("`Name` is not provided outside of a group of routes (")
            && report.contains(") and in the group `/a` (")
            && report.contains("), and 3 need it\n"),
        "{report}"
    );
    for user in ["Base", "on_start", "outside"] {
        assert!(report.contains(&format!("   {user}\n")), "{report}");
    }
}

#[tokio::test]
async fn services_of_a_group_that_need_each_other_are_a_mistake() {
    let group = Routes::new()
        .get("/", name)
        .provide_with(async |_: Inject<Suffix>| Ok(Name("x")))
        .provide_with(async |_: Inject<Name>| Ok(Suffix("x")));
    let report = start_fails(App::new("circle").provide(Suffix("")).nest("/a", group)).await;
    assert!(report.contains("services need each other: Name → Suffix → Name"), "{report}");
    // One that builds upon what is around it needs something to be there.
    let group =
        Routes::new().get("/", name).provide_with(async |around: Inject<Name>| Ok(Name(around.0)));
    let report = start_fails(App::new("nothing").nest("/a", group)).await;
    assert!(report.contains("error[P0301]: Name → Name: not provided\n"), "{report}");
}

#[tokio::test]
async fn a_group_can_be_in_two_applications_and_have_a_service_for_each_user() {
    let counted = async |one: Inject<u32>, two: Inject<u32>| format!("{one:?} {two:?}");
    let routes = Routes::new()
        .get("/", counted)
        .provide_each(|counter: Inject<AtomicU32>| counter.fetch_add(1, Ordering::Relaxed))
        .provide_with(async || Ok(AtomicU32::new(7)));
    for name in ["one", "two"] {
        let app = App::new(name).routes(routes.clone());
        TestApp::start(app).await.get("/").await.assert_text("7 8");
    }
}
