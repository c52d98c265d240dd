//! Mistakes that are found before anything runs, all of them at once.
//!
//! S-096.

use garde::Validate;
use http::StatusCode;
use purlin_core::openapi::SecurityScheme;
use purlin_core::{
    App, Arguments, Caught, Config, Extract, Header, Inject, Json, Module, Next, Path, PathValue,
    Query, Reported, Request, Response, Result, Routes, Site, Unchecked, Url,
};
use purlin_test::{TestApp, start_fails};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ask::failure_of;
use crate::by_hand::route;

/// Asks a site for something, and takes nothing from a request.
macro_rules! asking {
    ($name:ident($site:ident) $ask:expr) => {
        struct $name;

        impl Extract for $name {
            type Prepared = ();

            fn prepare($site: &mut Site<'_>) -> Result<(), Reported> {
                $ask
            }

            async fn extract((): &(), _request: &mut Request) -> Result<Self> {
                Ok(Self)
            }
        }
    };
}

#[derive(Default)]
struct Sessions;

impl Module for Sessions {
    fn install(self, app: App) -> App {
        app
    }
}

route!(elsewhere = "GET" "/elsewhere" => async || "x");

asking!(Session(site) site.need_module::<Sessions>("a `Session`"));
asking!(Transient(site) site.need::<u16>().map(drop));
asking!(Link(site) {
    site.wants_url(&Url::of_route::<elsewhere>("elsewhere", vec![]));
    Ok(())
});
asking!(Refused(site) Err(site.refuse("P0999", "it will not do".to_owned(), "do another".to_owned())));

async fn check(app: App, expected: &str) {
    let report = start_fails(app).await;
    assert!(report.contains(expected), "{report}");
    assert!(report.contains("core_assembly.rs"), "{report}");
}

fn app<Args: 'static>(path: &str, handler: impl purlin_core::Handler<Args>) -> App {
    App::new("test").routes(Routes::new().get(path, handler))
}

#[derive(Deserialize, JsonSchema)]
struct Names {
    #[allow(dead_code, reason = "it is only asked for")]
    slug: String,
}

#[tokio::test]
async fn a_parameter_that_the_path_does_not_have_is_named_with_the_nearest() {
    let app = app("/{slag}", async |_: Path<Names>| "x");
    check(app, "`/{slag}` has no path parameter `slug`\n").await;
    let app = App::new("test").routes(Routes::new().get("/{slag}", async |_: Path<Names>| "x"));
    let report = start_fails(app).await;
    assert!(report.contains("error[P0103]"), "{report}");
    assert!(report.contains("= help: the path has `{slag}`"), "{report}");
}

#[tokio::test]
async fn what_a_route_needs_of_the_application_is_named_with_the_line_to_add() {
    check(
        app("/", async |_: Session| "x"),
        "error[P0303]: `GET /`: a `Session` is asked for, but `Sessions` is not installed",
    )
    .await;
    TestApp::start(app("/", async |_: Session| "x").with(Sessions)).await;
    check(
        app("/", async |_: Link| "x"),
        "error[P0110]: the address of `elsewhere` is wanted, and it is not mounted",
    )
    .await;
    TestApp::start(app("/", async |_: Link| "x").routes(Routes::new().route::<elsewhere>())).await;
    check(
        app("/", async |_: Transient| "x").provide_each(|| 7u16),
        "error[P0304]: `GET /` → u16: it is made anew each time",
    )
    .await;
    check(app("/", async |_: Config<Names>| "x"), "error[P0402]").await;
    check(app("/", async |_: Refused| "x"), "error[P0999]: `GET /`: it will not do").await;
}

#[derive(Deserialize, JsonSchema, Validate)]
#[garde(allow_unvalidated)]
struct Wrong {
    #[allow(dead_code, reason = "it is only asked for")]
    #[serde(rename = "a b")]
    field: String,
}

#[derive(Deserialize, JsonSchema, Validate)]
#[garde(allow_unvalidated)]
struct Snake {
    #[allow(dead_code, reason = "it is only asked for")]
    x_tenant: String,
}

#[tokio::test]
async fn a_field_that_can_be_no_header_is_named() {
    check(
        app("/", async |_: Header<Snake>| "x"),
        "error[P0109]: `GET /`: `x_tenant` is a header with an underscore, which many proxies drop",
    )
    .await;
    check(
        app("/", async |_: Header<Wrong>| "x"),
        "error[P0109]: `GET /`: `a b` can be no header name",
    )
    .await;
}

#[derive(Serialize, Deserialize, JsonSchema, Validate)]
struct Limited {
    #[garde(range(min = 3, max = 7))]
    number: i32,
}

#[tokio::test]
async fn limits_that_nobody_would_check_are_refused_wherever_they_stand() {
    check(app("/", async |_: Json<Unchecked<Limited>>| "x"), "error[P0108]").await;
    check(app("/", async |_: Query<Unchecked<Vec<Limited>>>| "x"), "error[P0108]").await;
    TestApp::start(app("/", async |_: Query<Limited>| "x")).await;
}

#[tokio::test]
async fn one_report_has_every_mistake() {
    let routes = Routes::new()
        .get("/a", async |_: Inject<u8>, _: Inject<u16>, _: Session| "x")
        .get("/a", async || "x")
        .get("{", async || "x")
        .post("/b", async |_: Json<Limited>, _: bytes::Bytes| "x");
    let report = start_fails(App::new("test").routes(routes)).await;
    for code in ["P0301", "P0303", "P0101", "P0107", "P0105"] {
        assert!(report.contains(&format!("error[{code}]")), "{code}\n{report}");
    }
    assert_eq!(report.matches("error[P0301]").count(), 2, "{report}");
}

#[tokio::test]
async fn a_value_that_is_checked_at_the_path_needs_a_schema_of_one_piece() {
    fn is_path_value<T: PathValue>() {}
    is_path_value::<u8>();
    let two = async |_: Path<(u8, u8)>| "x";
    check(app("/{one}", two), "error[P0104]").await;
}

#[tokio::test]
async fn arguments_are_a_service_of_commands() {
    // Outside of a command they are empty.
    let app = app("/", async |arguments: Inject<Arguments>| arguments.0.len().to_string());
    TestApp::start(app).await.get("/").await.assert_text("0");
    let said =
        failure_of(TestApp::start(App::new("x").nest("bad", Routes::new().get("/", async || "x"))));
    assert!(said.await.contains("`bad` is no path"));
}

struct Name;

async fn named(_: Inject<Name>, request: Request, next: Next) -> Result<Response> {
    Ok(next.run(request).await)
}

async fn caught(_: Caught<std::num::ParseIntError>, _: Inject<u64>) -> &'static str {
    "caught"
}

#[tokio::test]
async fn what_a_step_lacks_is_told_once_at_the_step() {
    let routes = Routes::new().get("/a", async || "a").get("/b", async || "b");
    let app = App::new("test").routes(routes).middleware(named).guard::<Session>().on_error(caught);
    let report = start_fails(app).await;
    assert!(report.contains("error[P0301]: named → Name: not provided\n  --> "), "{report}");
    assert!(report.contains("error[P0303]: Session: a `Session` is asked for"), "{report}");
    assert!(report.contains("error[P0301]: caught → u64: not provided"), "{report}");
    assert!(report.contains("error: 3 problems, not started"), "{report}");
    assert_eq!(report.matches("core_assembly.rs").count(), 3, "{report}");
}

#[tokio::test]
async fn whatever_is_missing_is_told_once_with_all_who_need_it() {
    async fn first<T: Extract>(_: T) -> &'static str {
        "x"
    }
    async fn second<T: Extract>(_: T) -> &'static str {
        "x"
    }
    fn app<T: Extract + 'static>() -> App {
        App::new("test").routes(Routes::new().get("/1", first::<T>).get("/2", second::<T>))
    }
    for (app, expected) in [
        (app::<Session>(), "error[P0303]: `Sessions` is not installed, and 2 need it"),
        (app::<Link>(), "error[P0110]: `elsewhere` is not mounted, and 2 need it"),
        (
            app::<Config<Names>>(),
            "error[P0402]: no section is declared for `Config<Names>`, and 2 need it",
        ),
    ] {
        let report = start_fails(app).await;
        for part in [expected, "first", "second", "error: 1 problem, not started"] {
            assert!(report.contains(part), "`{part}` is missing in\n{report}");
        }
    }
}

/// Demands a token, and says so.
struct Token;

impl Extract for Token {
    type Prepared = ();

    fn prepare(site: &mut Site<'_>) -> Result<(), Reported> {
        site.operation().security("bearer", SecurityScheme::bearer(), vec![]);
        Ok(())
    }

    async fn extract((): &(), _request: &mut Request) -> Result<Self> {
        Ok(Self)
    }
}

/// Demands a right.
struct Right;

impl Extract for Right {
    type Prepared = ();

    fn prepare(site: &mut Site<'_>) -> Result<(), Reported> {
        site.operation().problem(StatusCode::FORBIDDEN, "forbidden", "You may not");
        Ok(())
    }

    async fn extract((): &(), _request: &mut Request) -> Result<Self> {
        Ok(Self)
    }
}

#[test]
fn guards_that_are_arguments_are_listed() {
    async fn refusing() -> Result<&'static str, purlin_core::Error> {
        Ok("x")
    }
    async fn stepped(_: Token, request: Request, next: Next) -> Result<Response> {
        Ok(next.run(request).await)
    }
    let routes = Routes::new()
        .get("/1-none", async |_: Query<Unchecked<u8>>| "x")
        .get("/2-two", async |_: Token, _: Query<Unchecked<u8>>, _: Option<Right>| "x")
        .get("/3-last", async |_: Query<Unchecked<u8>>, _: Token| refusing().await)
        .merge(Routes::new().get("/4-again", async |_: Token| "x").guard::<Token>())
        .merge(Routes::new().get("/5-step", async || "x").middleware(stepped));
    let app = App::new("test").without_security_headers().docs(false).without_health();
    let assembled = app.routes(routes).assemble().unwrap();
    let listed: Vec<_> = assembled
        .routes()
        .iter()
        .filter(|route| !route.builtin)
        .map(|route| (route.steps.join(" "), route.guards.join(" ")))
        .collect();
    let expected =
        [("", ""), ("", "Token Option<Right>"), ("", "Token"), ("Token", "Token"), ("stepped", "")];
    let expected = expected.map(|(steps, guards)| (steps.to_owned(), guards.to_owned()));
    assert_eq!(listed, expected);
}
