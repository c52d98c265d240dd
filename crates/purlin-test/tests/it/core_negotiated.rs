//! One value in several forms, and answers that the client has already: S-075, S-184.

use std::time::{Duration, SystemTime};

use http::header::{HeaderName, VARY};
use http::{Method, StatusCode};
use purlin_core::{
    App, ETag, ETags, Format, Json, Judged, Languages, Negotiated, NoContent, Represent, Request,
    Response, Result, Routes, Validators,
};
use purlin_test::TestApp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use crate::ask::serve;

#[derive(Serialize, JsonSchema)]
struct Weather {
    city: &'static str,
    degrees: i32,
}

impl Represent for Weather {}

#[derive(Serialize, JsonSchema)]
struct Brief {
    degrees: i32,
}

impl Represent for Brief {
    const FORMATS: &'static [Format] = &[Format::Text, Format::Json];

    fn text(&self) -> Result<String> {
        Ok(format!("{} degrees\n", self.degrees))
    }
}

async fn app() -> TestApp {
    let routes = Routes::new()
        .get("/weather", async || Negotiated(Weather { city: "<Graz>", degrees: 21 }))
        .get("/brief", async || Negotiated(Brief { degrees: 21 }))
        .get("/hello", async |languages: Languages| match languages.best(&["en", "de"]) {
            Some("de") => "Hallo",
            _ => "Hello",
        });
    serve(routes).await
}

#[tokio::test]
async fn a_value_is_sent_in_the_form_that_is_wanted_most() {
    let app = app().await;
    let ask = async |path: &str, accept: &str| app.get(path).header("accept", accept).await;
    for (accept, kind) in [
        ("text/html;q=0.5, application/json", "application/json"),
        ("*/*", "application/json"),
        ("text/*", "text/html; charset=utf-8"),
        ("text/plain, */*;q=0.5", "text/plain; charset=utf-8"),
        ("application/json;q=0, */*;q=0.1", "text/html; charset=utf-8"),
    ] {
        let answer = ask("/weather", accept).await;
        answer.assert_status(200).assert_header("content-type", kind);
        assert!(answer.headers().get_all(VARY).iter().any(|name| name == "accept"), "{accept}");
    }
    let json = ask("/weather", "application/json").await;
    json.assert_json(&json!({ "city": "<Graz>", "degrees": 21 }));
    let html = ask("/weather", "text/html").await;
    html.assert_text_contains("&lt;Graz&gt;");
    app.get("/brief").await.assert_text("21 degrees\n");
}

#[tokio::test]
async fn a_form_that_there_is_not_is_refused_with_those_that_there_are() {
    let app = app().await;
    let none = app.get("/brief").header("accept", "image/png, text/html").await;
    none.assert_status(406);
    assert_eq!(none.header("vary"), Some("accept"));
    // RFC 9110 §12.4.2: a weight of 0 is "not acceptable".
    let none = "text/plain;q=0, application/json;q=0.000, application/problem+json;q=0.1";
    app.get("/brief").header("accept", none).await.assert_problem(406, "not_acceptable");
    let none = app.get("/brief").header("accept", "image/png, application/problem+json").await;
    none.assert_problem(406, "not_acceptable");
    none.assert_json_includes(&json!({ "offers": ["text/plain", "application/json"] }));
}

#[tokio::test]
async fn a_reader_is_greeted_in_a_language_it_understands() {
    let app = app().await;
    app.get("/hello").header("accept-language", "de-AT, en;q=0.4").await.assert_text("Hallo");
    app.get("/hello").header("accept-language", "fr").await.assert_text("Hello");
    app.get("/hello").await.assert_text("Hello").assert_header("vary", "accept-language");
    // Nobody takes them here.
    assert_eq!(app.get("/healthz").await.header("vary"), None);
}

async fn versioned() -> Result<Response> {
    let mut response = Response::text(StatusCode::OK, "the third version");
    let validators = Validators::default().etag(ETag::weak("v3")?);
    validators.write_to(response.headers_mut());
    Ok(response)
}

#[tokio::test]
async fn what_the_client_has_is_not_sent_again() {
    let routes = Routes::new()
        .get("/news", async || Json(json!({ "news": "none" })))
        .get("/gone", async || NoContent)
        .post("/news", async || "made")
        .get("/versioned", versioned);
    let app = TestApp::start(App::new("test").hook(ETags::default()).routes(routes)).await;
    let first = app.get("/news").await;
    let tag = first.assert_status(200).header("etag").unwrap();
    let again = app.get("/news").header("if-none-match", tag).await;
    again.assert_status(304).assert_header("etag", tag);
    let gone = |name: HeaderName| assert_eq!(again.headers().get(&name), None);
    gone(http::header::CONTENT_TYPE);
    gone(http::header::CONTENT_LENGTH);
    assert!(again.bytes().is_empty());
    app.head("/news").header("if-none-match", tag).await.assert_status(304);
    app.get("/news").header("if-none-match", "\"other\"").await.assert_status(200);
    app.get("/news").header("if-match", "\"other\"").await.assert_status(412);
    app.post("/news").header("if-none-match", tag).await.assert_status(200);
    assert_eq!(app.get("/gone").await.header("etag"), None);
    let versioned = app.get("/versioned").header("if-none-match", "\"v3\"").await;
    versioned.assert_status(304).assert_header("etag", "W/\"v3\"");
}

/// Says what the conditions of a request mean for a text that was changed on 6 November 1994.
async fn dated(request: Request) -> Result<Response> {
    let changed = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
    let current = Validators::default().etag(ETag::strong("v1")?).modified(changed);
    let mut response = match current.judge(request.method(), request.headers()) {
        Judged::Failed => return Ok(Response::new(StatusCode::PRECONDITION_FAILED)),
        Judged::NotModified => Response::new(StatusCode::NOT_MODIFIED),
        _ => Response::text(StatusCode::OK, "text"),
    };
    current.write_to(response.headers_mut());
    Ok(response)
}

#[tokio::test]
async fn what_was_changed_by_another_is_not_overwritten() {
    const THEN: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
    const BEFORE: &str = "Sun, 06 Nov 1994 08:49:36 GMT";
    let app = serve(Routes::new().get("/", dated).put("/", dated)).await;
    let first = app.get("/").without_conformance().await;
    assert_eq!((first.header("etag"), first.header("last-modified")), (Some("\"v1\""), Some(THEN)));
    for (method, name, value, status) in [
        (Method::PUT, "if-none-match", "*", 412),
        (Method::PUT, "if-none-match", "\"v1\"", 412),
        (Method::PUT, "if-none-match", "\"v2\"", 200),
        (Method::PUT, "if-match", "\"v1\"", 200),
        (Method::PUT, "if-match", "W/\"v1\"", 412),
        (Method::PUT, "if-unmodified-since", THEN, 200),
        (Method::PUT, "if-unmodified-since", BEFORE, 412),
        (Method::PUT, "if-modified-since", THEN, 200),
        (Method::GET, "if-modified-since", THEN, 304),
        (Method::GET, "if-modified-since", BEFORE, 200),
    ] {
        let draft = app.request(method.clone(), "/").header(name, value);
        let answer = draft.without_conformance().await;
        assert_eq!(answer.status(), status, "{method} with {name}: {value}");
    }
}
