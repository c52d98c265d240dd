//! Requests that a step sends on to another route.
//!
//! S-105, T-21.

use http::Method;
use purlin_core::{App, Next, Path, Request, Response, Result, Routes};
use purlin_test::TestApp;

use crate::ask::ask;

async fn old(mut request: Request, next: Next) -> Result<Response> {
    let Some(rest) = request.path().strip_prefix("/old") else {
        return Ok(next.run(request).await);
    };
    *request.uri_mut() = format!("/new{rest}").parse()?;
    Ok(next.reroute(request).await)
}

async fn endless(request: Request, next: Next) -> Result<Response> {
    if request.path() == "/loop" {
        return Ok(next.reroute(request).await);
    }
    Ok(next.run(request).await)
}

async fn overridden(mut request: Request, next: Next) -> Result<Response> {
    if request.header("x-method") == Some("DELETE") && request.method() == Method::POST {
        *request.method_mut() = Method::DELETE;
        return Ok(next.reroute(request).await);
    }
    Ok(next.run(request).await)
}

async fn app() -> TestApp {
    let new = Routes::new()
        .get("/{id}", async |Path(id): Path<u32>| format!("new {id}"))
        .delete("/{id}", async |Path(id): Path<u32>| format!("deleted {id}"))
        .after(|response| drop(response.set_header("x-group", "new")));
    let app = App::new("test")
        .middleware(old)
        .middleware(endless)
        .middleware(overridden)
        .nest("/new", new)
        .routes(Routes::new().get("/loop", async || "never"));
    TestApp::start(app).await
}

#[tokio::test]
async fn the_other_route_answers_with_its_own_parameters_and_steps() {
    let app = app().await;
    let response = app.get("/old/7").await;
    response.assert_text("new 7").assert_header("x-group", "new");
    assert_eq!(response.route().unwrap().1, "/new/{id}");
    assert_eq!(ask(&app, "GET /old/x").await, "404 invalid_path_parameter");
    assert_eq!(ask(&app, "GET /old").await, "404 route_not_found");
    app.post("/new/7").header("x-method", "DELETE").await.assert_text("deleted 7");
}

#[tokio::test]
async fn a_request_without_end_is_ended() {
    app().await.get("/loop").await.assert_problem(508, "loop_detected");
}
