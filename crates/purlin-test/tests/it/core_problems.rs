//! Typed problems, and the forms in which an error leaves.
//!
//! S-048, S-087, S-236.

use std::fmt;

use http::StatusCode;
use purlin_core::{App, Error, Fault, Mode, Outline, Problem, Problems, Result, Routes};
use purlin_test::TestApp;
use serde_json::{Value, json};

use crate::ask::serve;

#[derive(Debug)]
struct OnLoan {
    until: &'static str,
}

impl fmt::Display for OnLoan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the book is on loan until {}", self.until)
    }
}

impl std::error::Error for OnLoan {}

impl Problem for OnLoan {
    fn document(problems: &mut Problems) {
        problems
            .add(StatusCode::CONFLICT, "on_loan", "The book is on loan")
            .member::<&'static str>("until");
    }

    fn outline(&self) -> Outline {
        Outline::new(StatusCode::CONFLICT, "on_loan")
            .detail(self.to_string())
            .member("until", self.until)
    }
}

/// A failure that documents the same code as [`OnLoan`], in its own way.
macro_rules! also_on_loan {
    ($name:ident $(member $type:ty)?) => {
        struct $name;

        impl purlin_core::Failure for $name {
            fn document(problems: &mut Problems) {
                let _status = problems.add(StatusCode::CONFLICT, "on_loan", "It is on loan");
                $(_status.member::<$type>("until");)?
            }

            fn recognize(_error: &Error) -> Option<Outline> {
                None
            }

            fn into_error(self) -> Error {
                Error::conflict("on_loan", "it is on loan")
            }
        }
    };
}

also_on_loan!(Plain);
also_on_loan!(Numbered member u8);

async fn typed() -> Result<&'static str, OnLoan> {
    Err(OnLoan { until: "2030-01-01" })
}

async fn erased() -> Result<&'static str> {
    Err(OnLoan { until: "2030-01-01" })?
}

#[tokio::test]
async fn a_problem_keeps_its_status_on_routes_that_declare_it() {
    let routes = Routes::new()
        .get("/typed", typed)
        .get("/erased", erased)
        .merge(Routes::new().get("/declared", erased).problem::<OnLoan>());
    let app = serve(routes).await;
    let expected = json!({
        "type": "about:blank",
        "title": "Conflict",
        "status": 409,
        "detail": "the book is on loan until 2030-01-01",
        "code": "on_loan",
        "until": "2030-01-01",
    });
    for path in ["/typed", "/declared"] {
        let response = app.get(path).await;
        response.assert_problem(409, "on_loan").assert_json_includes(&expected);
        let documented = &app.openapi()["paths"][path]["get"]["responses"]["409"];
        assert_eq!(documented["description"], "The book is on loan");
    }
    app.get("/erased").await.assert_problem(500, "internal_error");
    let app = App::new("test").routes(Routes::new().get("/", erased)).problem::<OnLoan>();
    TestApp::start(app).await.get("/").await.assert_problem(409, "on_loan");
}

async fn broken() -> Result<&'static str> {
    let error = "secret".parse::<u8>().unwrap_err();
    Err(Error::internal(error).context("reading the secret"))
}

async fn faulty() -> Result<&'static str> {
    Err(Error::invalid(vec![Fault::body("/a", "required", "is required")]))
}

fn app() -> App {
    App::new("test").routes(Routes::new().get("/broken", broken).get("/faulty", faulty))
}

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

#[tokio::test]
async fn a_problem_is_json_unless_the_client_prefers_something_else() {
    let app = TestApp::start(app()).await;
    for (accept, expected) in [
        ("*/*", "application/problem+json"),
        ("application/json", "application/problem+json"),
        ("application/problem+json, text/html", "application/problem+json"),
        ("image/png", "application/problem+json"),
        (BROWSER, "text/html; charset=utf-8"),
        ("text/plain", "text/plain; charset=utf-8"),
        ("text/html;q=0.1, text/plain", "text/plain; charset=utf-8"),
    ] {
        let response = app.get("/none").header("accept", accept).await;
        response.assert_status(404).assert_header("content-type", expected);
        response.assert_header("vary", "accept");
    }
    app.get("/none").await.assert_problem(404, "route_not_found");
}

/// RFC 9110 §5.3: several lines of a list are one list.
#[tokio::test]
async fn a_weight_is_read_as_it_is_written() {
    let app = serve(Routes::new()).await;
    for (accept, expected) in [
        ("text/html;Q=0, application/json;q=0.001", "application/problem+json"),
        ("text/html;q=nan, application/json;q=.2", "application/problem+json"),
        ("text/html;q=0.334, application/json;q=0.333", "text/html; charset=utf-8"),
        ("text/html;q=0.3339, application/json;q=0.333", "application/problem+json"),
    ] {
        let response = app.get("/none").header("accept", accept).await;
        response.assert_header("content-type", expected);
    }
}

#[tokio::test]
async fn what_a_client_accepts_may_stand_on_several_lines() {
    let app = TestApp::start(app()).await;
    for (first, second, expected) in [
        ("image/png", "text/html", "text/html; charset=utf-8"),
        ("text/plain;q=0.5", "application/json;q=0.4", "text/plain; charset=utf-8"),
        ("application/json;q=0.4", "text/plain;q=0.5", "text/plain; charset=utf-8"),
        ("text/html;q=0", "*/*", "application/problem+json"),
    ] {
        let request = app.get("/none").header("accept", first).header("accept", second);
        let response = request.await;
        response.assert_status(404).assert_header("content-type", expected);
    }
}

#[derive(Debug)]
struct NotFound;

impl fmt::Display for NotFound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("there is no such book")
    }
}

impl std::error::Error for NotFound {}

impl Problem for NotFound {
    fn document(problems: &mut Problems) {
        problems.add(StatusCode::NOT_FOUND, "not_found", "There is no such book");
    }

    fn outline(&self) -> Outline {
        Outline::new(StatusCode::NOT_FOUND, "not_found").detail(self.to_string())
    }
}

#[tokio::test]
async fn a_thing_that_is_not_there_is_told_from_a_path_that_is_not() {
    let routes = Routes::new()
        .get("/problem", async || Err::<&str, _>(NotFound))
        .get("/option", async || None::<&str>)
        .get("/error", async || Err::<&str, _>(Error::not_found("there is no such book")));
    let app = serve(routes).await;
    for path in ["/problem", "/option", "/error"] {
        app.get(path).await.assert_problem(404, "not_found");
        app.get(format!("{path}/")).await.assert_problem(404, "route_not_found");
    }
}

#[tokio::test]
async fn a_member_is_documented_and_required_where_every_answer_has_it() {
    async fn both() -> Result<&'static str, OnLoan> {
        Err(OnLoan { until: "2030-01-01" })
    }
    let routes = || Routes::new().get("/", both);
    let app = serve(routes()).await;
    app.get("/").await.assert_problem(409, "on_loan");
    let schema = |app: &TestApp| {
        let answer = &app.openapi()["paths"]["/"]["get"]["responses"]["409"];
        answer["content"]["application/problem+json"]["schema"]["allOf"][1].clone()
    };
    let mut expected = json!({
        "type": "object",
        "properties": {
            "code": { "type": "string", "const": "on_loan" }, "until": { "type": "string" },
        },
        "required": ["code", "until"],
    });
    assert_eq!(schema(&app), expected);
    // The same code of somebody who says nothing of the member, and of another type of it.
    let app = serve(routes().problem::<Plain>()).await;
    expected["required"] = json!(["code"]);
    assert_eq!(schema(&app), expected);
    let app = serve(routes().problem::<Numbered>()).await;
    expected["required"] = json!(["code", "until"]);
    let number = json!({ "type": "integer", "format": "uint8", "minimum": 0, "maximum": 255 });
    expected["properties"]["until"] = json!({ "anyOf": [{ "type": "string" }, number] });
    assert_eq!(schema(&app), expected);
}

#[tokio::test]
async fn a_page_has_a_policy_and_says_no_more_than_the_document() {
    let app = TestApp::start(app()).await;
    let response = app.get("/broken").header("accept", BROWSER).await;
    response.assert_status(500);
    let policy = response.header("content-security-policy").unwrap();
    assert!(policy.contains("nonce-"), "{policy}");
    assert!(!response.text().contains("secret"), "{response}");
    let response = app.get("/faulty").header("accept", "text/plain").without_conformance().await;
    response.assert_text("422 Unprocessable Entity\nthe request has 1 fault\n- /a is required\n");
    let id = response.header("x-request-id").unwrap();
    assert!(!id.is_empty());
}

#[tokio::test]
async fn nothing_internal_leaves_except_in_development() {
    for mode in [Mode::Prod, Mode::Test] {
        let app = TestApp::of(app()).mode(mode).start().await;
        let response = app.get("/broken").await;
        response.assert_problem(500, "internal_error");
        let problem = response.json_value();
        assert_eq!(problem["detail"], Value::Null);
        assert_eq!(problem["debug"], Value::Null);
    }
    let app = TestApp::of(app()).mode(Mode::Dev).start().await;
    let response = app.get("/broken").await;
    response.assert_json_includes(&json!({ "debug": {
        "message": "reading the secret",
        "causes": ["invalid digit found in string"],
    } }));
    let page = app.get("/broken").header("accept", BROWSER).await;
    page.assert_text_contains("invalid digit found in string");
    page.assert_text_contains("core_problems.rs");
    // Other machines see what everybody sees.
    let response = app.get("/broken").peer("192.0.2.1:1".parse().unwrap()).await;
    assert_eq!(response.json_value()["debug"], Value::Null);
    let local = app.get("/broken").peer("127.0.0.1:1".parse().unwrap()).await;
    assert!(local.json_value()["debug"].is_object());
}

#[tokio::test]
async fn a_member_replaces_nothing_of_the_document() {
    async fn broken() -> Result<()> {
        Err(Error::conflict("taken", "is taken")
            .with_member("status", 200)
            .with_member("by", "ann"))
    }
    let app = serve(Routes::new().get("/", broken)).await;
    let response = app.get("/").await;
    response.assert_problem(409, "taken");
    assert_eq!(response.text().matches("\"status\"").count(), 1);
    assert_eq!(response.json_value()["by"], "ann");
}

#[tokio::test]
async fn a_status_without_a_body_has_none() {
    let app = serve(Routes::new().get("/", async || (StatusCode::NO_CONTENT, "text"))).await;
    let response = app.get("/").without_conformance().await;
    response.assert_status(204);
    assert!(response.bytes().is_empty());
}

#[tokio::test]
async fn a_check_that_panics_is_one_that_fails() {
    let check = || -> purlin_core::BoxFuture<Result> { Box::pin(async { panic!("no disk") }) };
    let app = TestApp::start(App::new("test").check("disk", check)).await;
    let response = app.get("/readyz").await;
    response.assert_status(503).assert_json_includes(&json!({ "checks": { "disk": "failing" } }));
}
