//! Methods that a path has no route for.

use bytes::Bytes;
use http::Method;
use purlin_core::{Body, Json, Routes};
use purlin_test::TestApp;

use crate::ask::{ask, serve};

async fn app() -> TestApp {
    let routes = Routes::new()
        .get("/books", async || "books")
        .post("/books", async || "new")
        .delete("/books/{*rest}", async |rest: purlin_core::Path<String>| rest.0)
        .get("/json", async || Json("four"))
        .get("/stream", async || {
            Body::produce(|out| async move {
                out.send("never seen").await;
                Ok(())
            })
        })
        .on(Method::HEAD, "/own", async || "head")
        .get("/own", async || "get")
        .on(Method::OPTIONS, "/mine", async || "mine");
    serve(routes).await
}

#[tokio::test]
async fn another_method_is_405_with_what_is_allowed() {
    let app = app().await;
    let response = app.put("/books").await;
    response.assert_problem(405, "method_not_allowed");
    response.assert_header("allow", "GET, HEAD, POST, OPTIONS");
    app.get("/books/7").await.assert_status(405).assert_header("allow", "DELETE, OPTIONS");
    assert_eq!(ask(&app, "BREW /books").await, "405 method_not_allowed");
    assert_eq!(ask(&app, "BREW /none").await, "404 not_found");
}

#[tokio::test]
async fn options_is_answered_with_what_is_allowed() {
    let app = app().await;
    let response = app.options("/books").await;
    response.assert_status(204).assert_header("allow", "GET, HEAD, POST, OPTIONS");
    assert!(response.bytes().is_empty());
    assert_eq!(ask(&app, "OPTIONS /none").await, "404 not_found");
    assert_eq!(ask(&app, "OPTIONS /mine").await, "200 mine");
}

#[tokio::test]
async fn head_is_answered_by_get_without_its_body() {
    let app = app().await;
    let response = app.head("/json").await;
    response.assert_status(200).assert_header("content-length", "6");
    response.assert_header("content-type", "application/json");
    assert_eq!(response.bytes(), &Bytes::new());
    let response = app.head("/stream").await;
    assert_eq!((response.bytes().len(), response.header("content-length")), (0, None));
    app.head("/own").await.assert_header("content-length", "4");
    app.head("/none").await.assert_status(404);
    let response = app.head("/books/7").await;
    response.assert_status(405);
    assert!(response.bytes().is_empty());
}

#[tokio::test]
async fn a_wrong_length_of_a_handler_does_not_leave() {
    let wrong = async || ([(http::header::CONTENT_LENGTH, "99")], "four");
    let app = serve(Routes::new().get("/", wrong)).await;
    assert_eq!(app.get("/").await.header("content-length"), None);
    app.head("/").await.assert_header("content-length", "4");
}
