//! Methods that a path has no route for.
//!
//! S-049, S-050, S-077.

use bytes::Bytes;
use http::{Method, StatusCode};
use purlin_core::{App, Body, Json, NoContent, Response, Routes, Status};
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
                out.send("never seen").await?;
                Ok(())
            })
        })
        .get("/empty", async || "")
        .on(Method::HEAD, "/size", async || {
            let mut size = Response::new(StatusCode::OK);
            size.set_header("content-length", "7000").map(|()| size)
        })
        .get("/gone", async || NoContent)
        .get("/reset", async || Status::<205, _>("never sent"))
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
    assert_eq!(ask(&app, "BREW /none").await, "404 route_not_found");
}

#[tokio::test]
async fn options_is_answered_with_what_is_allowed() {
    let app = app().await;
    let response = app.options("/books").await;
    response.assert_status(204).assert_header("allow", "GET, HEAD, POST, OPTIONS");
    assert!(response.bytes().is_empty());
    assert_eq!(ask(&app, "OPTIONS /none").await, "404 route_not_found");
    assert_eq!(ask(&app, "OPTIONS /mine").await, "200 mine");
}

#[tokio::test]
async fn the_server_itself_is_asked_by_options_alone() {
    let app = app().await;
    let response = app.options("*").await;
    response.assert_status(204).assert_header("allow", "GET, HEAD, POST, DELETE, OPTIONS");
    assert!(response.bytes().is_empty());
    assert_eq!(ask(&app, "GET *").await, "400 invalid_target");
    let all = async |purlin_core::Path(all): purlin_core::Path<String>| all;
    let own = Routes::new().get("/{*all}", all);
    let app = App::new("test").routes(own).fallback(async || "never");
    let app = TestApp::start(app).await;
    app.options("*").await.assert_status(204).assert_header("allow", "GET, HEAD, OPTIONS");
    assert_eq!(ask(&app, "POST *").await, "400 invalid_target");
}

#[tokio::test]
async fn an_absolute_target_has_a_valid_authority() {
    let app = app().await;
    for wrong in ["http://:80/books", "http://localhost:http/books", "http://a:b@localhost/books"] {
        let answer =
            app.get(wrong).without_header(http::header::HOST).header("host", "localhost").await;
        answer.assert_problem(400, "invalid_target");
    }
    app.get("http://localhost:80/books").await.assert_text("books");
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
    app.head("/empty").await.assert_header("content-length", "0");
    app.head("/size").await.assert_header("content-length", "7000");
    assert_eq!(app.head("/gone").await.header("content-length"), None);
    assert_eq!(app.get("/reset").await.bytes(), &Bytes::new());
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
