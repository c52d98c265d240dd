//! Guards, hooks and middleware: what they see, and in which order.
//!
//! S-052, S-053, S-054, S-055, S-103, S-104, S-106, S-107, S-108, S-109.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::StatusCode;
use purlin_core::{
    App, Error, Extract, Facts, Hook, Inject, Next, Path, Reported, Request, Response, Result,
    RouteOptions, Routes, Site,
};
use purlin_test::{TestApp, start_fails};

use crate::ask::{ask, serve};
use crate::by_hand::route;

type Log = Arc<Mutex<Vec<String>>>;

/// What happened since it was asked last.
fn lines(log: &Log) -> String {
    std::mem::take(&mut *log.lock().unwrap()).join(" ")
}

macro_rules! around {
    ($log:expr, $name:literal) => {{
        let log = Arc::clone(&$log);
        move |request: Request, next: Next| {
            let log = Arc::clone(&log);
            async move {
                log.lock().unwrap().push(concat!($name, "-in").to_owned());
                let response = next.run(request).await;
                let status = response.status().as_u16();
                log.lock().unwrap().push(format!(concat!($name, "-out:{}"), status));
                Ok(response)
            }
        }
    }};
}

struct Noting(Log);

impl Hook for Noting {
    fn before(&self, _request: &mut Request) -> Result<Option<Response>> {
        self.0.lock().unwrap().push("hook-in".to_owned());
        Ok(None)
    }

    fn after(&self, facts: &Facts, response: &mut Response) {
        let line = format!("hook-out:{}:{}", facts.method(), response.status().as_u16());
        self.0.lock().unwrap().push(line);
    }
}

#[tokio::test]
async fn steps_run_from_outside_in_and_back() {
    let log = Log::default();
    let handler = {
        let log = Arc::clone(&log);
        move || {
            log.lock().unwrap().push("handler".to_owned());
            async { "x" }
        }
    };
    let inner = Routes::new().get("/x", handler).middleware(around!(log, "C"));
    let app = App::new("test")
        .middleware(around!(log, "A"))
        .nest("/a", Routes::new().nest("/b", inner).middleware(around!(log, "B")))
        .hook(Noting(Arc::clone(&log)));
    let app = TestApp::start(app).await;
    assert_eq!(ask(&app, "GET /a/b/x").await, "200 x");
    assert_eq!(
        lines(&log),
        "A-in hook-in B-in C-in handler C-out:200 B-out:200 hook-out:GET:200 A-out:200"
    );
    // What no route answers goes through the steps of the application.
    ask(&app, "GET /none").await;
    assert_eq!(lines(&log), "A-in hook-in hook-out:GET:404 A-out:404");
    ask(&app, "POST /a/b/x").await;
    assert_eq!(lines(&log), "A-in hook-in hook-out:POST:405 A-out:405");
    ask(&app, "GET /%ff").await;
    assert_eq!(lines(&log), "A-in hook-in hook-out:GET:400 A-out:400");
    ask(&app, "GET /healthz").await;
    assert_eq!(lines(&log), "A-in hook-in hook-out:GET:200 A-out:200");
}

#[tokio::test]
async fn what_is_said_after_the_routes_goes_for_them_too() {
    let log = Log::default();
    let routes = Routes::new()
        .get("/early", async || "early")
        .middleware(around!(log, "M"))
        .get("/late", async || "late");
    let app = serve(Routes::new().merge(routes).get("/beside", async || "beside")).await;
    ask(&app, "GET /early").await;
    ask(&app, "GET /late").await;
    assert_eq!(lines(&log), "M-in M-out:200 M-in M-out:200");
    ask(&app, "GET /beside").await;
    assert_eq!(lines(&log), "");
}

#[tokio::test]
async fn a_middleware_sees_every_failure_as_an_answer() {
    async fn refuse() -> Result<&'static str> {
        Err(Error::conflict("taken", "it is taken"))
    }
    async fn seen(request: Request, next: Next) -> Result<Response> {
        let mut response = next.run(request).await;
        let code = response.error().map(|error| error.code().to_owned()).unwrap_or_default();
        response.set_header("x-code", &code)?;
        Ok(response)
    }
    let routes = Routes::new()
        .get("/refuse", refuse)
        .get("/panic", async || -> &'static str { panic!("no") })
        .get("/{id}", async |Path(id): Path<u8>| id.to_string());
    let app = TestApp::start(App::new("test").routes(routes).middleware(seen)).await;
    let code = async |path| {
        let response = app.get(path).without_conformance().await;
        response.header("x-code").unwrap().to_owned()
    };
    assert_eq!(code("/refuse").await, "taken");
    assert_eq!(code("/panic").await, "internal_error");
    assert_eq!(code("/300").await, "invalid_path_parameter");
    assert_eq!(code("/no/route").await, "route_not_found");
    assert_eq!(code("/7").await, "");
}

#[tokio::test]
async fn a_step_may_answer_itself() {
    async fn closed(_request: Request, _next: Next) -> Result<Response> {
        Ok(Response::text(StatusCode::OK, "closed"))
    }
    struct Closed;
    impl Hook for Closed {
        fn before(&self, _request: &mut Request) -> Result<Option<Response>> {
            Ok(Some(Response::text(StatusCode::OK, "hooked")))
        }
    }
    struct Failing;
    impl Hook for Failing {
        fn before(&self, _request: &mut Request) -> Result<Option<Response>> {
            Err(Error::new(StatusCode::IM_A_TEAPOT, "teapot", "no coffee"))
        }
    }
    let log = Log::default();
    let never = || async || -> &'static str { panic!("never asked") };
    let routes = Routes::new()
        .merge(Routes::new().get("/closed", never()).middleware(closed))
        .merge(Routes::new().get("/hooked", never()).hook(Closed))
        .merge(Routes::new().get("/failing", never()).hook(Failing));
    let app = TestApp::start(App::new("test").middleware(around!(log, "A")).routes(routes)).await;
    assert_eq!(ask(&app, "GET /closed").await, "200 closed");
    assert_eq!(ask(&app, "GET /hooked").await, "200 hooked");
    app.get("/failing").without_conformance().await.assert_problem(418, "teapot");
    assert_eq!(lines(&log), "A-in A-out:200 A-in A-out:200 A-in A-out:418");
}

/// Lets in who says so, and documents that.
struct Member;

impl Extract for Member {
    type Prepared = ();

    fn prepare(site: &mut Site<'_>) -> Result<(), Reported> {
        site.operation().problem(StatusCode::UNAUTHORIZED, "unauthorized", "Members only");
        Ok(())
    }

    async fn extract((): &(), request: &mut Request) -> Result<Self> {
        match request.header("authorization") {
            Some("Bearer member") => Ok(Self),
            Some(_) => Err(Error::unauthorized("Bearer", "this is no member")),
            None => Err(Error::unauthorized("Bearer", "members only").absent()),
        }
    }
}

#[tokio::test]
async fn a_guard_stops_a_request_before_its_body_is_read() {
    let inside = async |purlin_core::Text(text): purlin_core::Text| text;
    let routes = Routes::new().post("/member", inside).guard::<Member>().merge(
        Routes::new().get("/open", async |member: Option<Member>| member.is_some().to_string()),
    );
    // `guard` goes for the whole group, the merged routes included.
    let app = serve(routes).await;
    let response = app.post("/member").text("x").await;
    response.assert_problem(401, "unauthorized").assert_header("www-authenticate", "Bearer");
    app.post("/member").text("x").bearer("member").await.assert_text("x");
    app.get("/open").await.assert_status(401);
    assert!(app.openapi()["paths"]["/member"]["post"]["responses"]["401"].is_object());
}

#[tokio::test]
async fn an_optional_guard_is_absent_only_when_nothing_was_sent() {
    let who = async |member: Option<Member>| member.map_or("guest", |_| "member");
    let app = serve(Routes::new().get("/", who)).await;
    app.get("/").await.assert_text("guest");
    app.get("/").bearer("member").await.assert_text("member");
    app.get("/").bearer("stranger").await.assert_problem(401, "unauthorized");
}

#[tokio::test]
async fn a_middleware_takes_services_and_may_not_read_the_body() {
    struct Name(&'static str);
    async fn named(name: Inject<Name>, request: Request, next: Next) -> Result<Response> {
        let mut response = next.run(request).await;
        response.set_header("x-name", name.0)?;
        Ok(response)
    }
    async fn greedy(_body: bytes::Bytes, request: Request, next: Next) -> Result<Response> {
        Ok(next.run(request).await)
    }
    let routes = || Routes::new().get("/", async || "x");
    let app = App::new("test").provide(Name("purlin")).routes(routes()).middleware(named);
    TestApp::start(app).await.get("/").await.assert_header("x-name", "purlin");
    let report =
        start_fails(App::new("test").routes(routes()).middleware(named).middleware(greedy)).await;
    assert!(report.contains("error[P0301]"), "{report}");
    assert!(
        report.contains("error[P0106]: greedy: `Bytes` reads the request body, and only"),
        "{report}"
    );
}

#[tokio::test]
async fn a_middleware_that_fails_is_rendered_where_it_left() {
    async fn failing(request: Request, next: Next) -> Result<Response> {
        let _ = next.run(request).await;
        "x".parse::<u8>()?;
        unreachable!()
    }
    let log = Log::default();
    let routes = Routes::new().get("/", async || "x").middleware(failing);
    let app = TestApp::start(App::new("test").middleware(around!(log, "A")).routes(routes)).await;
    assert_eq!(ask(&app, "GET /").await, "500 internal_error");
    assert_eq!(lines(&log), "A-in A-out:500");
}

route!(
    member_only = "POST" "/member" => async |purlin_core::Text(text): purlin_core::Text| text,
    options: RouteOptions::default().guard::<Member>().body_limit(3)
);
route!(
    patient = "GET" "/patient" => async || {
        tokio::time::sleep(Duration::from_millis(30)).await;
        "done"
    },
    options: RouteOptions::default().timeout(Duration::from_mins(1))
);

#[tokio::test]
async fn what_a_route_says_itself_goes_before_what_its_group_says() {
    let routes = Routes::new()
        .route::<member_only>()
        .route::<patient>()
        .timeout(Duration::from_millis(5))
        .body_limit(100);
    let app = serve(routes).await;
    app.post("/member").text("abc").await.assert_problem(401, "unauthorized");
    app.post("/member").text("abc").bearer("member").await.assert_text("abc");
    let large = app.post("/member").text("abcd").bearer("member").await;
    large.assert_problem(413, "body_too_large");
    app.get("/patient").await.assert_text("done");
}
