//! What is wrong is said, in one document, and is in the OpenAPI document.
//!
//! S-010, S-062, S-078, S-081, S-083, S-084, S-087.

use serde_json::json;

use crate::library;

/// S-078, S-081: six faults in nested and renamed fields have six pointers.
#[purlin_test::test]
async fn a_body_with_many_faults_names_them_all() {
    let app = library().await;
    let body = json!({
        "title": "", "author": " ", "year": 3000, "language": "english", "pages": "many",
        "tags": ["novel", "Not A Tag"], "copies": 0,
    });
    let response = app.post("/api/books").bearer("librarian-clara").json(&body).await;
    response.assert_problem(422, "invalid_input");
    for (pointer, code) in [
        ("/title", "min_length"),
        ("/author", "pattern"),
        ("/year", "maximum"),
        ("/language", "pattern"),
        ("/pages", "type"),
        ("/tags/1", "pattern"),
        ("/copies", "minimum"),
    ] {
        response.assert_fault(pointer, code);
    }
}

/// S-062, S-010: each mistake has its status, and the document lists it.
#[purlin_test::test]
async fn each_mistake_has_its_status() {
    let app = library().await;
    let post = || app.post("/api/books").bearer("librarian-clara");
    let json = "application/json";
    let broken = post().header("content-type", json).body("{bad").await;
    broken.assert_problem(400, "invalid_json");
    assert_eq!(
        (&broken.json_value()["line"], &broken.json_value()["column"]),
        (&json!(1), &json!(2))
    );
    post()
        .header("content-type", "text/plain")
        .body("{}")
        .await
        .assert_problem(415, "unsupported_media_type");
    let large = vec![b' '; (1 << 20) + 1];
    post().header("content-type", json).body(large).await.assert_problem(413, "body_too_large");
    // A guard stops the request before its body is looked at.
    let anonymous = app.post("/api/books").header("content-type", json).body("{bad").await;
    anonymous.assert_problem(401, "unauthorized").assert_header("www-authenticate", "Bearer");
    app.get("/api/me").bearer("guess").await.assert_problem(401, "unauthorized");
    app.post("/api/books")
        .bearer("reader-ada")
        .json(&json!({}))
        .await
        .assert_problem(403, "forbidden");
}

/// S-083, S-084
#[purlin_test::test]
async fn paths_and_queries_are_checked() {
    let app = library().await;
    app.get("/api/books/abc")
        .await
        .assert_problem(404, "invalid_path_parameter")
        .assert_fault("/id", "type");
    let response = app.get("/api/books?limit=0&sort=age&tag=").await;
    response.assert_problem(422, "invalid_input");
    response.assert_fault("/limit", "minimum").assert_fault("/sort", "enum");
    response.assert_fault("/tag/0", "min_length");
}
