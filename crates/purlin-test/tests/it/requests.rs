//! What a request looks like when it arrives.
//!
//! S-262.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::header::HOST;
use http::{HeaderMap, Method, Uri};
use purlin_core::{App, Body, ClientAddress, Routes};
use purlin_test::TestApp;
use serde_json::json;

use crate::ask::{failure, serve};

async fn echo(method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> String {
    let mut text = format!("{method} {uri}\n");
    let sorted: BTreeMap<_, _> =
        headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
    for (name, value) in sorted {
        text.push_str(&format!("{name}: {value}\n"));
    }
    text + &format!("{body:?}")
}

async fn app() -> TestApp {
    let routes = Routes::new().get("/", echo).post("/", echo).delete("/", echo);
    serve(routes).await
}

#[tokio::test]
async fn a_request_is_http_1_1_to_localhost() {
    app().await.get("/?a=1").await.assert_text("GET /?a=1\nhost: localhost\nb\"\"");
}

#[tokio::test]
async fn a_body_comes_with_its_length_and_type() {
    let app = app().await;
    app.post("/").json(&json!({ "a": 1 })).await.assert_text(
        "POST /\ncontent-length: 7\ncontent-type: application/json\nhost: localhost\nb\"{\\\"a\\\":1}\"",
    );
    app.post("/").form(&[("a", "b c"), ("d", "é")]).await.assert_text(
        "POST /\ncontent-length: 14\ncontent-type: application/x-www-form-urlencoded\nhost: localhost\nb\"a=b+c&d=%C3%A9\"",
    );
    app.post("/").text("hi").await.assert_text(
        "POST /\ncontent-length: 2\ncontent-type: text/plain; charset=utf-8\nhost: localhost\nb\"hi\"",
    );
    app.delete("/")
        .body(vec![0, 255])
        .await
        .assert_text("DELETE /\ncontent-length: 2\nhost: localhost\nb\"\\0\\xff\"");
    app.post("/").await.assert_text("POST /\ncontent-length: 0\nhost: localhost\nb\"\"");
}

#[tokio::test]
async fn a_stream_is_sent_chunked() {
    let body = Body::produce(|out| async move {
        out.send("a").await?;
        out.send("b").await?;
        Ok(())
    });
    app()
        .await
        .post("/")
        .stream(body)
        .await
        .assert_text("POST /\nhost: localhost\ntransfer-encoding: chunked\nb\"ab\"");
}

#[tokio::test]
async fn what_the_test_says_goes_before() {
    app()
        .await
        .post("/")
        .header("content-type", "text/csv")
        .header(HOST, "example.org")
        .header("x-more", "1")
        .bearer("secret")
        .text("a,b")
        .without_header(http::header::CONTENT_LENGTH)
        .await
        .assert_text(
            "POST /\nauthorization: Bearer secret\ncontent-type: text/csv\nhost: example.org\nx-more: 1\nb\"a,b\"",
        );
}

#[tokio::test]
async fn queries_are_added_to_those_of_the_target() {
    let app = app().await;
    app.get("/?a=1")
        .query(&[("b", "x y"), ("c", "&")])
        .await
        .assert_text_contains("/?a=1&b=x+y&c=%26");
    app.get("/").query(&json!({ "list": [1, 2] })).await.assert_text_contains("/?list=1&list=2");
    app.get("/").query(&[("", ""); 0]).await.assert_text_contains("GET /\n");
}

#[tokio::test]
async fn a_request_can_come_from_an_address_and_over_tls() {
    async fn who(address: Option<ClientAddress>) -> String {
        address.map(|address| address.to_string()).unwrap_or_default()
    }
    let app = serve(Routes::new().get("/", who)).await;
    app.get("/").await.assert_text("");
    app.get("/").peer("192.0.2.7:80".parse().unwrap()).await.assert_text("192.0.2.7:80");
}

#[tokio::test]
async fn a_host_may_be_missing_or_doubled() {
    let app = app().await;
    app.get("/").without_header(HOST).await.assert_problem(400, "invalid_host");
    app.get("/").header(HOST, "a").header(HOST, "b").await.assert_problem(400, "invalid_host");
}

#[tokio::test]
async fn a_header_that_is_none_is_told_at_its_line() {
    let app = app().await;
    let said = failure(|| app.get("/").header("x", "a\nb"));
    assert!(said.starts_with("this is no value of the header `x`"), "{said}");
    let said = failure(|| app.get("/").header("x y", "a"));
    assert!(said.starts_with("this is no name of a header"), "{said}");
}

#[tokio::test]
async fn a_streamed_answer_is_read_chunk_by_chunk() {
    async fn count() -> Body {
        Body::produce(|out| async move {
            for number in 1u8.. {
                out.send(number.to_string()).await?;
            }
            Ok(())
        })
    }
    let app = TestApp::start(App::new("test").routes(Routes::new().get("/", count))).await;
    let mut response = app.get("/").streamed().await;
    response.assert_ok();
    assert_eq!(response.chunk().await.unwrap(), "1");
    assert_eq!(response.chunk().await.unwrap(), "2");
}

#[tokio::test]
async fn a_body_that_breaks_off_keeps_what_came() {
    async fn half() -> Body {
        Body::produce(|out| async move {
            out.send("half").await?;
            Err("the disk is gone".into())
        })
    }
    let response = serve(Routes::new().get("/", half)).await.get("/").await;
    assert_eq!(response.text(), "half");
    assert_eq!(response.broken(), Some("the disk is gone"));
}
