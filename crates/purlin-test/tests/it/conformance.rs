//! Every answer is held against the document.
//!
//! S-070, S-085.

use http::header::CONTENT_TYPE;
use http::{HeaderName, StatusCode};
use purlin_core::{
    App, Caught, Error, Html, Json, Mode, Path, Response, Result, RouteOptions, Routes, Status,
    Text,
};
use purlin_test::TestApp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::ask::{ask, failure_of, serve};
use crate::by_hand::route;

/// Says in its schema what it does not hold.
#[derive(Serialize, JsonSchema)]
struct Stock {
    #[schemars(range(min = 1))]
    copies: i32,
}

async fn stock(Path(copies): Path<i32>) -> Json<Stock> {
    Json(Stock { copies })
}

#[tokio::test]
async fn a_body_that_breaks_its_schema_fails_the_test() {
    let routes = || Routes::new().get("/stock/{copies}", stock);
    let app = serve(routes()).await;
    app.get("/stock/1").await.assert_ok();
    let said = failure_of(async move { app.get("/stock/-1").await }).await;
    let expected = "the answer is another than the OpenAPI document promises:\n  \
        in the body of 200 of `GET /stock/{copies}`, `/copies` must be at least 1, and it is `-1`\n";
    assert!(said.starts_with(expected), "{said}");
    assert!(said.contains("conformance.rs"), "{said}");
    assert!(said.contains("GET /stock/-1 HTTP/1.1"), "{said}");
    serve(routes()).await.get("/stock/-1").without_conformance().await.assert_ok();
}

async fn check(routes: Routes, expected: &str) {
    let app = serve(routes).await;
    let said = failure_of(async move { app.get("/").await }).await;
    assert!(said.contains(expected), "{said}");
}

#[tokio::test]
async fn a_status_that_is_not_documented_fails_the_test() {
    let teapot = |response: &mut Response| response.set_status(StatusCode::IM_A_TEAPOT);
    let routes = Routes::new().get("/", async || "x").after(teapot);
    check(routes, "`GET /` promises 200, and 418 came").await;
}

#[tokio::test]
async fn a_handler_with_an_open_error_may_fail_with_any_problem() {
    async fn teapot() -> Result<&'static str> {
        Err(Error::new(StatusCode::IM_A_TEAPOT, "teapot", "no coffee"))
    }
    let app = serve(Routes::new().get("/", teapot)).await;
    app.get("/").await.assert_problem(418, "teapot");
}

#[tokio::test]
async fn a_step_that_changes_the_answer_is_noticed() {
    let routes = Routes::new().get("/", async || "x");
    let changed = routes.clone().after(|response: &mut Response| {
        response.headers_mut().insert(CONTENT_TYPE, "image/png".parse().unwrap());
    });
    check(changed, "promises `text/plain; charset=utf-8`, and `image/png` came").await;
    let emptied = routes.after(|response: &mut Response| *response = Response::new(StatusCode::OK));
    check(emptied, "promises `text/plain; charset=utf-8`, and no body came").await;
}

#[tokio::test]
async fn what_the_framework_answers_itself_is_accepted() {
    async fn broken() -> Result<Json<u8>> {
        Ok(Json("x".parse()?))
    }
    let app = serve(Routes::new().get("/", broken)).await;
    app.get("/").await.assert_problem(500, "internal_error");
    app.get("/").header("accept", "text/html").await.assert_status(500);
    app.get("/").header("accept", "text/plain").await.assert_status(500);
    app.get("/none").await.assert_problem(404, "route_not_found");
    app.post("/").await.assert_problem(405, "method_not_allowed");
    app.get("/").header("expect", "x").await.assert_problem(417, "unknown_expectation");
    app.head("/").await.assert_status(500);
}

#[tokio::test]
async fn problems_that_are_documented_come_in_all_their_forms() {
    async fn none() -> Option<Json<u8>> {
        None
    }
    let app = TestApp::of(App::new("test").routes(Routes::new().get("/", none)));
    let app = app.mode(Mode::Dev).start().await;
    app.get("/").await.assert_problem(404, "not_found");
    app.get("/")
        .header("accept", "text/html")
        .await
        .assert_header("content-type", "text/html; charset=utf-8");
    app.get("/").header("accept", "text/plain").await.assert_text_contains("404 Not Found");
    app.head("/").await.assert_status(404);
}

#[tokio::test]
async fn routes_outside_of_the_document_are_left_alone() {
    let app = TestApp::start(App::new("test").fallback(async || StatusCode::IM_A_TEAPOT)).await;
    assert_eq!(ask(&app, "GET /healthz").await, "200 ok\n".trim_end());
    app.get("/docs").await.assert_ok();
    app.get("/openapi.json").await.assert_ok();
    app.get("/anything").await.assert_status(418);
}

#[tokio::test]
async fn what_is_typed_conforms() {
    async fn tuple() -> (StatusCode, [(HeaderName, &'static str); 1], Html<&'static str>) {
        (StatusCode::ACCEPTED, [(http::header::ETAG, "\"1\"")], Html("<p>"))
    }
    let routes = Routes::new()
        .get("/tuple", tuple)
        .get("/status", async || Status::<201, _>(Text("x".to_owned())))
        .get("/empty", async || "")
        .get("/unit", async || ())
        .get("/code", async || StatusCode::CREATED)
        .get("/any", async || Response::new(StatusCode::IM_A_TEAPOT))
        .get("/bytes", async || vec![1u8]);
    let app = serve(routes).await;
    let status = async |path: &str| app.get(path).await.status().as_u16();
    assert_eq!(status("/tuple").await, 202);
    assert_eq!(status("/status").await, 201);
    assert_eq!(status("/empty").await, 200);
    assert_eq!(status("/unit").await, 204);
    assert_eq!(status("/code").await, 201);
    assert_eq!(status("/any").await, 418);
    assert_eq!(status("/bytes").await, 200);
}

route!(
    hidden = "GET" "/hidden" => async || -> Result<&'static str> {
        Err(Error::conflict("taken", "it is taken"))
    },
    options: RouteOptions::default(), hidden: true
);

#[tokio::test]
async fn a_hidden_route_promises_nothing() {
    let app = serve(Routes::new().route::<hidden>()).await;
    app.get("/hidden").await.assert_problem(409, "taken");
    assert!(app.openapi()["paths"]["/hidden"].is_null());
}

#[tokio::test]
async fn what_an_error_handler_answers_is_promised_by_the_routes_it_stands_on() {
    async fn conflict(_: Caught<std::num::ParseIntError>) -> Status<409, Json<u8>> {
        Status(Json(1))
    }
    async fn broken() -> Result<Json<u8>> {
        Ok(Json("x".parse()?))
    }
    let app = serve(Routes::new().get("/", broken).on_error(conflict)).await;
    app.get("/").await.assert_status(409).assert_json(&1);
    let responses = &app.openapi()["paths"]["/"]["get"]["responses"];
    assert!(responses["200"].is_object() && responses["409"].is_object(), "{responses}");
}
