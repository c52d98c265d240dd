//! CORS: who may read answers, whatever else stands in the way of a request.
//!
//! T-19.

use http::Method;
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY};
use purlin_core::{
    App, Cors, Error, Extract, Next, Reported, Request, Response, Result, Routes, Site,
};
use purlin_test::{TestApp, TestResponse};

const ORIGIN_A: &str = "https://a.example";

struct Token;

impl Extract for Token {
    type Prepared = ();

    fn prepare(_site: &mut Site<'_>) -> Result<(), Reported> {
        Ok(())
    }

    async fn extract((): &(), request: &mut Request) -> Result<Self> {
        let sent = request.headers().contains_key("authorization");
        if sent { Ok(Self) } else { Err(Error::unauthorized("Bearer", "send a token")) }
    }
}

async fn passing(request: Request, next: Next) -> Result<Response> {
    Ok(next.run(request).await)
}

async fn refusing(request: Request, next: Next) -> Result<Response> {
    if request.path() == "/middleware" {
        return Err(Error::forbidden("not here"));
    }
    Ok(next.run(request).await)
}

fn routes() -> Routes {
    let failing = async || -> Result<&'static str> {
        let number: u8 = "x".parse()?;
        Ok(if number == 0 { "none" } else { "some" })
    };
    let slow = async || -> &'static str { std::future::pending().await };
    Routes::new()
        .get("/", async || "x")
        .get("/failing", failing)
        .get("/panic", async || -> &'static str { panic!("no") })
        .merge(Routes::new().get("/slow", slow).timeout(std::time::Duration::ZERO))
}

/// Both orders: the steps first, and `Cors` first.
async fn apps() -> Vec<TestApp> {
    let cors = || Cors::origins([ORIGIN_A]);
    let steps = |app: App| app.guard::<Token>().middleware(passing).middleware(refusing);
    let before = steps(App::new("test")).with(cors()).routes(routes());
    let after = steps(App::new("test").with(cors())).routes(routes());
    vec![TestApp::start(before).await, TestApp::start(after).await]
}

fn check(response: &TestResponse, status: u16) {
    let response = response.assert_status(status);
    response.assert_header("access-control-allow-origin", ORIGIN_A);
    let vary: Vec<_> = response.headers().get_all(VARY).iter().collect();
    assert_eq!(vary.iter().filter(|value| **value == "origin").count(), 1, "{vary:?}");
}

#[tokio::test]
async fn a_preflight_passes_a_guard_in_any_order() {
    for app in apps().await {
        for path in ["/", "/failing", "/none"] {
            let preflight = app.request(Method::OPTIONS, path).header(ORIGIN, ORIGIN_A);
            let answer = preflight.header(ACCESS_CONTROL_REQUEST_METHOD, "POST").await;
            check(&answer, 204);
            answer.assert_header("access-control-allow-methods", "GET, HEAD, POST");
        }
        // Another origin's is no preflight of ours, and meets the guard.
        let foreign = app.request(Method::OPTIONS, "/").header(ORIGIN, "https://b.example");
        let answer = foreign.header(ACCESS_CONTROL_REQUEST_METHOD, "POST").await;
        answer.assert_status(401);
        assert_eq!(answer.header(ACCESS_CONTROL_ALLOW_ORIGIN), None);
    }
}

#[tokio::test]
async fn every_answer_can_be_read_by_the_origin() {
    for app in apps().await {
        let ask = |method: Method, path: &str| {
            app.request(method, path).header(ORIGIN, ORIGIN_A).without_conformance()
        };
        check(&ask(Method::GET, "/").await, 401);
        let known = |method, path: &str| ask(method, path).bearer("x");
        check(&known(Method::GET, "/").await, 200);
        check(&known(Method::GET, "/none").await, 404);
        check(&known(Method::POST, "/").await, 405);
        check(&known(Method::GET, "/failing").await, 500);
        check(&known(Method::GET, "/panic").await, 500);
        check(&known(Method::GET, "/slow").await, 503);
        check(&known(Method::GET, "/middleware").await, 403);
    }
}

#[tokio::test]
async fn an_answer_of_another_route_has_the_headers_once() {
    async fn elsewhere(mut request: Request, next: Next) -> Result<Response> {
        if request.path() == "/old" {
            *request.uri_mut() = "/".parse()?;
            return Ok(next.reroute(request).await);
        }
        Ok(next.run(request).await)
    }
    let app = App::new("test").with(Cors::origins([ORIGIN_A])).middleware(elsewhere);
    let app = TestApp::start(app.routes(routes())).await;
    check(&app.get("/old").header(ORIGIN, ORIGIN_A).without_conformance().await, 200);
}
