//! Following redirects.
//!
//! S-068, S-262.

use bytes::Bytes;
use http::{Method, StatusCode};
use purlin_core::{Cookie, Path, Redirect, Request, Response, Result, Routes, SetCookies, Url};
use purlin_test::TestApp;

use crate::ask::{failure_of, serve};

async fn see(method: Method, body: Bytes) -> String {
    format!("{method} {}", String::from_utf8_lossy(&body))
}

async fn turn(Path(status): Path<u16>) -> Response {
    let mut response = Response::new(StatusCode::from_u16(status).unwrap());
    response.set_header("location", "../see").unwrap();
    response
}

async fn around(Path(left): Path<u32>) -> Result<Redirect> {
    Ok(match left {
        0 => Redirect::to("/see"),
        left => Redirect::to(Url::local(format!("/around/{}", left - 1))?),
    })
}

async fn app() -> TestApp {
    let routes = Routes::new()
        .get("/turn/{status}", turn)
        .post("/turn/{status}", turn)
        .put("/turn/{status}", turn)
        .get("/around/{left}", around)
        .get("/away", async || Redirect::to("https://example.org/"))
        .get("/see", see)
        .post("/see", see)
        .put("/see", see);
    serve(routes).await
}

#[tokio::test]
async fn the_method_follows_the_status() {
    let app = app().await;
    for (method, status, expected) in [
        (Method::GET, 303, "GET "),
        (Method::POST, 303, "GET "),
        (Method::PUT, 303, "GET "),
        (Method::POST, 302, "GET "),
        (Method::POST, 301, "GET "),
        (Method::PUT, 302, "PUT body"),
        (Method::POST, 307, "POST body"),
        (Method::PUT, 308, "PUT body"),
    ] {
        let body = if method == Method::GET { "" } else { "body" };
        let request = app.request(method.clone(), format!("/turn/{status}")).text(body);
        let response = request.follow_redirects().await;
        assert_eq!(response.text(), expected, "{method} {status}");
    }
    app.get("/turn/303").await.assert_redirect("../see");
    app.get("/turn/304").follow_redirects().await.assert_status(304);
}

#[tokio::test]
async fn ten_redirects_are_followed_and_no_more() {
    let app = app().await;
    let response = app.get("/around/9").follow_redirects().await;
    response.assert_text("GET ");
    assert!(response.to_string().contains("(GET /around/9 → 303)"), "{response}");
    let said = failure_of(async move { app.get("/around/10").follow_redirects().await }).await;
    assert!(said.starts_with("the request was redirected more than ten times"), "{said}");
}

#[tokio::test]
async fn a_redirect_to_another_host_is_the_answer() {
    app().await.get("/away").follow_redirects().await.assert_redirect("https://example.org/");
}

#[tokio::test]
async fn a_redirect_to_tls_is_asked_over_tls() {
    async fn forced(request: Request) -> Response {
        if request.connection().is_secure() {
            return Response::text(StatusCode::OK, "over TLS");
        }
        let mut response = Response::new(StatusCode::PERMANENT_REDIRECT);
        response.set_header("location", "https://localhost/forced").unwrap();
        response
    }
    let app = serve(Routes::new().get("/forced", forced)).await;
    app.get("/forced").follow_redirects().await.assert_text("over TLS");
    app.get("/forced").await.assert_redirect("https://localhost/forced");
}

/// S-068
#[tokio::test]
async fn each_redirect_has_its_status_and_its_place() {
    let routes = Routes::new()
        .get("/302", async || Redirect::found("/see"))
        .get("/303", async || Redirect::to("/see"))
        .get("/307", async || Redirect::temporary("/see"))
        .get("/308", async || Redirect::permanent("/see"));
    let app = serve(routes).await;
    for status in [302, 303, 307, 308] {
        let response = app.get(format!("/{status}")).await;
        response.assert_status(status).assert_redirect("/see").assert_text("");
    }
}

#[tokio::test]
async fn cookies_that_are_set_on_the_way_are_sent_on() {
    async fn sign_in() -> (SetCookies, Redirect) {
        (SetCookies::new().add(Cookie::new("user", "anna")), Redirect::to("/me"))
    }
    async fn me(cookies: purlin_core::Cookies) -> String {
        cookies.get("user").unwrap_or("nobody").to_owned()
    }
    let app = serve(Routes::new().post("/in", sign_in).get("/me", me)).await;
    app.post("/in").follow_redirects().await.assert_text("anna");
}
