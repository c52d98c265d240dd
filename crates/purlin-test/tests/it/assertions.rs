//! Assertions, and what they print when they fail.
//!
//! S-071.

use expect_test::expect;
use http::StatusCode;
use purlin_core::{Error, Json, Path, Redirect, Result, Routes};
use purlin_test::{TestApp, TestResponse};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::ask::{failure, serve};

#[derive(Serialize, Deserialize, JsonSchema)]
struct Book {
    id: u32,
    title: String,
}

async fn book(Path(id): Path<u32>) -> Result<Json<Book>> {
    if id == 0 {
        let cause = "connection refused".parse::<u8>().unwrap_err();
        return Err(Error::internal(cause).context("reading the shelf"));
    }
    Ok(Json(Book { id, title: "Walden".to_owned() }))
}

async fn old() -> Redirect {
    Redirect::to("/books/1")
}

async fn app() -> TestApp {
    serve(Routes::new().get("/books/{id}", book).get("/old", old)).await
}

async fn first() -> TestResponse {
    app().await.get("/books/1").header("accept", "application/json").await
}

#[tokio::test]
async fn assertions_that_hold_can_be_chained() {
    let response = first().await;
    response
        .assert_ok()
        .assert_status(200)
        .assert_status(StatusCode::OK)
        .assert_header("content-type", "application/json")
        .assert_json(&json!({ "id": 1, "title": "Walden" }))
        .assert_json(&Book { id: 1, title: "Walden".to_owned() })
        .assert_json_includes(&json!({ "id": 1 }))
        .assert_text_contains("Walden");
    assert_eq!(response.json::<Book>().title, "Walden");
    assert_eq!(response.json_value()["id"], 1);
    assert_eq!(response.route().unwrap().1, "/books/{id}");
    app().await.get("/old").await.assert_redirect("/books/1");
    app()
        .await
        .get("/books/x")
        .await
        .assert_problem(404, "invalid_path_parameter")
        .assert_fault("/id", "type");
}

/// The answer's id and the security headers are others each time, or not of interest here.
fn readable(said: &str) -> String {
    const NOISE: [&str; 6] =
        ["x-request-id", "x-content", "x-frame", "referrer", "cross-origin", "\n\n\n"];
    let lines = said.lines().filter(|line| !NOISE.iter().any(|noise| line.starts_with(noise)));
    let lines = lines.map(|line| {
        // Ids differ, and so do lines after every change of this file.
        let end = ["\"request_id\": ", "assertions.rs:"]
            .iter()
            .find_map(|mark| line.find(mark).map(|at| at + mark.len()));
        end.map_or(line.to_owned(), |end| format!("{}…", &line[..end]))
    });
    lines.map(|line| line + "\n").collect()
}

#[tokio::test]
async fn a_wrong_status_prints_the_exchange() {
    let response = first().await;
    let said = failure(|| response.assert_status(404));
    expect![[r#"
        404 Not Found was expected, and 200 OK came

        ── request, written at crates/purlin-test/tests/it/assertions.rs:…
        GET /books/1 HTTP/1.1
        host: localhost
        accept: application/json
        ── answer of `GET /books/{id}`, it::assertions::book at crates/purlin-test/tests/it/assertions.rs:…
        HTTP/1.1 200 OK
        content-type: application/json

        {
          "id": 1,
          "title": "Walden"
        }
    "#]]
    .assert_eq(&readable(&said));
}

#[tokio::test]
async fn the_error_behind_an_answer_is_printed_with_its_causes() {
    let response = app().await.get("/books/0").await;
    let said = failure(|| response.assert_ok());
    expect![[r#"
        a success was expected, and 500 Internal Server Error came

        ── request, written at crates/purlin-test/tests/it/assertions.rs:…
        GET /books/0 HTTP/1.1
        host: localhost
        ── answer of `GET /books/{id}`, it::assertions::book at crates/purlin-test/tests/it/assertions.rs:…
        HTTP/1.1 500 Internal Server Error
        content-type: application/problem+json
        vary: accept

        {
          "type": "about:blank",
          "title": "Internal Server Error",
          "status": 500,
          "code": "internal_error",
          "request_id": …
        }
        ── the error behind it, made at crates/purlin-test/tests/it/assertions.rs:…
        reading the shelf
          caused by: invalid digit found in string
    "#]]
    .assert_eq(&readable(&said));
    assert_eq!(response.error().unwrap().to_string(), "reading the shelf");
}

/// The first lines, before the exchange.
fn head(said: &str) -> String {
    said.split("── request").next().unwrap().trim_end().to_owned()
}

#[tokio::test]
async fn other_json_is_shown_line_by_line() {
    let response = first().await;
    let said = failure(|| response.assert_json(&json!({ "id": 2, "title": "Walden" })));
    expect![[r#"
        the body is other JSON (- was expected, + came):

            {
          -   "id": 2,
          +   "id": 1,
              "title": "Walden"
            }"#]]
    .assert_eq(&head(&said));
    let said = failure(|| response.assert_json_includes(&json!({ "id": 2, "isbn": "x" })));
    expect![[r#"
        the body lacks what was expected:
          /id is 1, and 2 was expected
          /isbn is missing, and "x" was expected"#]]
    .assert_eq(&head(&said));
    let said = failure(|| response.json::<Vec<u8>>());
    expect!["the body is no `alloc::vec::Vec<u8>`: invalid type: map, expected a sequence at line 1 column 0"].assert_eq(&head(&said));
}

#[tokio::test]
async fn other_heads_and_problems_are_told_in_one_line() {
    let response = first().await;
    let said = failure(|| response.assert_header("content-type", "text/html"));
    expect![[r#"`content-type: text/html` was expected, and it is "application/json""#]]
        .assert_eq(&head(&said));
    let said = failure(|| response.assert_header("x-none", "1"));
    expect!["`x-none: 1` was expected, and there is no such header"].assert_eq(&head(&said));
    let said = failure(|| response.assert_text_contains("Emma"));
    expect![[r#"the body does not contain "Emma""#]].assert_eq(&head(&said));
    let said = failure(|| response.assert_redirect("/x"));
    expect!["a redirect to `/x` was expected, and 200 OK came"].assert_eq(&head(&said));
    let said = failure(|| response.assert_problem(200, "x"));
    expect!["`application/problem+json` was expected, and `application/json` came"]
        .assert_eq(&head(&said));

    let response = app().await.get("/books/x").await;
    let said = failure(|| response.assert_problem(404, "not_found"));
    expect![[r#"the problem `not_found` was expected, and "invalid_path_parameter" came"#]]
        .assert_eq(&head(&said));
    let said = failure(|| response.assert_fault("/price", "minimum"));
    expect![[r#"
        the fault "minimum" at "/price" was expected; there are: 
          "type" at "/id""#]]
    .assert_eq(&head(&said));
}
