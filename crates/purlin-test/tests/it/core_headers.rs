//! Headers that every answer has, and those that none may have.
//!
//! S-072, S-117, S-141, T-10.

use http::header::{CONTENT_TYPE, HeaderName, STRICT_TRANSPORT_SECURITY};
use purlin_core::config::{ConfigFile, Configuration};
use purlin_core::{
    App, Cookie, Html, Mode, Redirect, Request, RequestId, Response, Result, Routes, SetCookies,
};
use purlin_test::TestApp;

use crate::ask::serve;

const SPLIT: &str = "a\r\nset-cookie: stolen=1";

#[tokio::test]
async fn a_line_break_never_becomes_a_header() {
    const NAME: HeaderName = HeaderName::from_static("x-name");
    let routes = Routes::new()
        .get("/tuple", async || ([(NAME, SPLIT)], "x"))
        .get("/redirect", async || Redirect::to(SPLIT))
        .get("/created", async || purlin_core::Created::at(SPLIT, "x"))
        .get("/set", async || -> Result<Response> {
            let mut response = Response::default();
            response.set_header("x-name", SPLIT)?;
            Ok(response)
        })
        .get("/name", async || -> Result<Response> {
            let mut response = Response::default();
            response.set_header(SPLIT, "x")?;
            Ok(response)
        })
        .get("/cookie", async || (SetCookies::new().add(Cookie::new("a", SPLIT)), "x"));
    let app = serve(routes).await;
    for path in ["/tuple", "/redirect", "/created", "/set", "/name"] {
        let response = app.get(path).await;
        response.assert_problem(500, "internal_error");
        assert_eq!(response.header("set-cookie"), None, "{path}");
    }
    // A cookie's value is encoded.
    let response = app.get("/cookie").await;
    assert_eq!(response.headers().get_all("set-cookie").iter().count(), 1);
    assert_eq!(app.cookie("stolen"), None);
    assert_eq!(app.cookie("a").as_deref(), Some(SPLIT));
}

#[tokio::test]
async fn security_headers_are_on_every_answer() {
    let own = async || ([(http::header::X_FRAME_OPTIONS, "SAMEORIGIN")], Html("<p>"));
    let routes =
        || Routes::new().get("/", async || "x").get("/html", async || Html("<p>")).get("/own", own);
    let app = serve(routes()).await;
    for path in ["/", "/html", "/none", "/healthz"] {
        let response = app.get(path).await;
        response
            .assert_header("x-content-type-options", "nosniff")
            .assert_header("x-frame-options", "DENY");
        response.assert_header("referrer-policy", "strict-origin-when-cross-origin");
    }
    app.post("/").await.assert_header("x-content-type-options", "nosniff");
    let html = app.get("/html").await;
    assert!(html.header("content-security-policy").unwrap().contains("default-src 'self'"));
    assert_eq!(app.get("/").await.header("content-security-policy"), None);
    app.get("/own").await.assert_header("x-frame-options", "SAMEORIGIN");
    let bare = App::new("test").routes(routes()).without_security_headers();
    assert_eq!(TestApp::start(bare).await.get("/").await.header("x-frame-options"), None);
}

/// S-141, RFC 6797.
#[tokio::test]
async fn who_comes_over_tls_is_told_to_come_so_again() {
    const YEARS: &str = "max-age=63072000; includeSubDomains";

    let routes = || {
        let own = async || ([(STRICT_TRANSPORT_SECURITY, "max-age=1")], "x");
        Routes::new().get("/", async || "x").get("/own", own)
    };
    for (mode, text, path, expected) in [
        (Mode::Prod, "", "/", Some(YEARS)),
        (Mode::Test, "", "/", Some(YEARS)),
        (Mode::Dev, "", "/", None),
        (Mode::Dev, "hsts = true", "/", None),
        (Mode::Prod, "", "/none", Some(YEARS)),
        (Mode::Prod, "", "/own", Some("max-age=1")),
        (Mode::Prod, "hsts = false", "/", None),
        (Mode::Prod, "hsts_max_age = '1h30m'", "/", Some("max-age=5400; includeSubDomains")),
        (Mode::Prod, "hsts_max_age = '0s'\nhsts_subdomains = false", "/", Some("max-age=0")),
        (
            Mode::Prod,
            "hsts_preload = true",
            "/",
            Some("max-age=63072000; includeSubDomains; preload"),
        ),
    ] {
        let file = ConfigFile::parse("purlin.toml", &format!("[security]\n{text}")).unwrap();
        let configuration = Configuration::new(mode).file(file);
        let app = TestApp::of(App::new("test").routes(routes()));
        let app = app.configuration(configuration).start().await;
        let answer = app.get(path).secure().header("host", "example.com").await;
        assert_eq!(answer.header("strict-transport-security"), expected, "{mode} {text} {path}");
        // RFC 6797 §7.2: not a word without TLS.
        if path != "/own" {
            let answer = app.get(path).header("host", "example.com").await;
            assert_eq!(answer.header("strict-transport-security"), None);
        }
        // All servers of this machine have these names.
        for host in ["localhost:3000", "a.localhost", "127.0.0.1"] {
            let answer = app.get("/").secure().header("host", host).await;
            assert_eq!(answer.header("strict-transport-security"), None, "{host}");
        }
    }
}

#[tokio::test]
async fn a_request_has_one_id_everywhere() {
    let routes = || Routes::new().get("/", async |id: RequestId| id.to_string());
    let app = serve(routes()).await;
    let response = app.get("/").await;
    let id = response.header("x-request-id").unwrap().to_owned();
    response.assert_text(&id);
    assert_ne!(app.get("/").await.header("x-request-id").unwrap(), id);
    let problem = app.get("/none").await;
    let id = problem.header("x-request-id").unwrap();
    assert_eq!(problem.json_value()["request_id"], id);
    // A client's own is taken over, unless it could harm the log.
    let request = app.get("/").header("x-request-id", "trace-7_a.b");
    request.await.assert_text("trace-7_a.b").assert_header("x-request-id", "trace-7_a.b");
    for harmful in ["", "a b", "<script>", &"x".repeat(65)] {
        let response = app.get("/").header("x-request-id", harmful).await;
        assert_ne!(response.text(), harmful);
    }
    let app = TestApp::start(App::new("test").routes(routes()).without_request_id()).await;
    assert_eq!(app.get("/").await.header("x-request-id"), None);
}

#[tokio::test]
async fn heads_that_no_server_may_accept_are_refused() {
    let app = serve(Routes::new().get("/", async |_: Request| "x")).await;
    for host in ["a b", "a/b", "user@host", "[::1", "host:port", "host:123456", "a\"b"] {
        app.get("/").header("host", host).await.assert_problem(400, "invalid_host");
    }
    for host in
        ["", "localhost:3000", "[::1]:80", "münchen.example".replace('ü', "%C3%BC").as_str()]
    {
        app.get("/").header("host", host).await.assert_ok();
    }
    for coding in ["gzip, chunked", "gzip", "identity", "chunked, chunked"] {
        let request = app.get("/").header("transfer-encoding", coding);
        request.await.assert_problem(400, "invalid_transfer_encoding");
    }
    app.get("/").header("transfer-encoding", "Chunked").await.assert_ok();
    app.get("/").header("expect", "100-Continue").await.assert_ok();
    app.get("/").header("expect", "200-ok").await.assert_problem(417, "unknown_expectation");
}

#[tokio::test]
async fn cookies_come_and_go_one_by_one() {
    let set = async || {
        let cookies = SetCookies::new()
            .add(Cookie::new("a", "1"))
            .add(Cookie::new("b", "2; x").secure(true).path("/deep"))
            .remove("c");
        (cookies, "x")
    };
    let show = async |cookies: purlin_core::Cookies| {
        cookies.iter().fold(String::new(), |all, (name, value)| format!("{all}{name}={value}|"))
    };
    let app = serve(Routes::new().get("/set", set).get("/", show)).await;
    let response = app.get("/set").await;
    let all: Vec<_> = response.headers().get_all("set-cookie").iter().collect();
    assert_eq!(all.len(), 3);
    assert_eq!(all[0], "a=1; HttpOnly; SameSite=Lax; Path=/");
    assert_eq!(all[1], "b=2%3B%20x; HttpOnly; SameSite=Lax; Secure; Path=/deep");
    assert!(all[2].to_str().unwrap().starts_with("c=; "), "{:?}", all[2]);
    assert!(all[2].to_str().unwrap().contains("Max-Age=0"), "{:?}", all[2]);
    app.clear_cookies();
    let request = app.get("/").header("cookie", "a=1; b=\"two\"; broken; c=%C3%BC; a=2; d=");
    request.await.assert_text("a=1|b=two|c=ü|a=2|d=|");
    let twice = app.get("/").header("cookie", "a=1").header("cookie", "b=2");
    twice.await.assert_text("a=1|b=2|");
}

#[tokio::test]
async fn hooks_see_headers_of_errors() {
    let app = App::new("test")
        .routes(Routes::new().get("/", async || "x"))
        .after(|response| drop(response.headers_mut().remove(CONTENT_TYPE)));
    let app = TestApp::start(app).await;
    assert_eq!(app.get("/none").await.header("content-type"), None);
}
