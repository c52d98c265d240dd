//! What handlers return, as it is on its way to the client.
//!
//! S-068, S-069, S-070, T-26.

use bytes::Bytes;
use http::StatusCode;
use purlin_core::{Accepted, Error, Html, Json, NoContent, Result, Routes, Status};
use serde_json::{Value, json};

use crate::ask::serve;

/// S-068: each value has its media type, and text its charset.
#[tokio::test]
async fn each_value_has_its_media_type() {
    let routes = Routes::new()
        .get("/text", async || "é")
        .get("/html", async || Html("<p>é"))
        .get("/json", async || Json(json!({ "é": 1 })))
        .get("/bytes", async || Bytes::from_static(&[0xff, 0]))
        .get("/accepted", async || Accepted(Json(7)))
        .get("/teapot", async || Status::<418, _>("short"));
    let app = serve(routes).await;
    for (path, status, media_type, body) in [
        ("/text", 200, "text/plain; charset=utf-8", "é".as_bytes()),
        ("/html", 200, "text/html; charset=utf-8", "<p>é".as_bytes()),
        ("/json", 200, "application/json", "{\"é\":1}".as_bytes()),
        ("/bytes", 200, "application/octet-stream", &[0xff, 0]),
        ("/accepted", 202, "application/json", b"7"),
        ("/teapot", 418, "text/plain; charset=utf-8", b"short"),
    ] {
        let response = app.get(path).await;
        response.assert_status(status).assert_header("content-type", media_type);
        assert_eq!(response.bytes(), body, "{path}");
    }
}

/// S-068: nothing is no text.
#[tokio::test]
async fn nothing_has_no_media_type() {
    let routes = Routes::new()
        .get("/unit", async || ())
        .get("/no-content", async || NoContent)
        .get("/status", async || StatusCode::RESET_CONTENT);
    let app = serve(routes).await;
    for (path, status) in [("/unit", 204), ("/no-content", 204), ("/status", 205)] {
        let response = app.get(path).await;
        response.assert_status(status).assert_text("");
        assert_eq!(response.header("content-type"), None, "{path}");
    }
}

/// S-070, T-26: no value is wrapped into another, and nothing becomes the word for it.
#[tokio::test]
async fn json_is_sent_as_it_is() {
    let routes = Routes::new()
        .get("/null", async || Json(None::<u8>))
        .get("/list", async || Json(vec![Some(1), None]))
        .get("/empty", async || Json(Vec::<u8>::new()))
        .get("/text", async || Json("None"))
        .get("/absent", async || None::<Json<u8>>);
    let app = serve(routes).await;
    for (path, body) in
        [("/null", "null"), ("/list", "[1,null]"), ("/empty", "[]"), ("/text", "\"None\"")]
    {
        let response = app.get(path).await;
        response.assert_ok().assert_header("content-type", "application/json").assert_text(body);
    }
    app.get("/absent").await.assert_problem(404, "not_found");
}

/// S-069: a status that the framework itself never gives is documented, sent and logged like any.
#[tokio::test]
async fn a_status_is_documented_and_logged() {
    let slow = async || -> Result<&'static str> {
        Err(Error::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", "come back later"))
    };
    let routes =
        Routes::new().get("/typed", async || Status::<429, _>("slow down")).get("/error", slow);
    let app = serve(routes).await;
    let capture = purlin_test::Log::begin();
    app.get("/typed").await.assert_status(StatusCode::TOO_MANY_REQUESTS).assert_text("slow down");
    app.get("/error").await.assert_problem(429, "too_many_requests");
    let lines = capture.take();
    for path in ["/typed", "/error"] {
        let line = lines.lines().find(|line| line.contains(&format!("path={path:?}")));
        assert!(line.is_some_and(|line| line.contains(" status=429 ")), "{lines}");
    }
    let responses = &app.openapi()["paths"]["/typed"]["get"]["responses"];
    assert_eq!(responses["429"]["description"], "Too Many Requests", "{responses}");
    assert_eq!(responses["200"], Value::Null, "{responses}");
}
