//! One value in several forms, and answers that the client has already: S-075, S-184.

use http::header::{HeaderName, VARY};
use purlin_core::{
    App, ETag, ETags, Format, Json, Languages, Negotiated, NoContent, Represent, Response, Result,
    Routes, Validators,
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
    let mut response = Response::text(http::StatusCode::OK, "the third version");
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
