//! Lending and giving back.

use purlin_test::TestApp;
use serde_json::{Value, json};

use crate::library;

/// The path of a book of which the library has one copy.
async fn rare(app: &TestApp) -> String {
    let page: Value = app.get("/api/books?limit=100").await.json();
    let books = page["items"].as_array().unwrap();
    let book = books.iter().find(|book| book["copies"] == 1).unwrap();
    format!("/api/books/{}", book["id"])
}

#[purlin_test::test]
async fn the_last_copy_is_lent_once() {
    let app = library().await;
    let book = rare(&app).await;
    let path = format!("{book}/loans");
    let lend = |token: &str| app.post(path.as_str()).bearer(token).json(&json!({ "days": 7 }));

    let loan: Value = lend("reader-ada").await.assert_status(201).json();
    app.get(book.as_str()).await.assert_json_includes(&json!({ "available": 0 }));
    let refused = lend("reader-bruno").await;
    refused.assert_problem(409, "already_on_loan");
    assert_eq!(refused.json_value()["until"], loan["due_on"]);

    let back = format!("/api/loans/{}/return", loan["id"]);
    app.post(back.as_str()).bearer("reader-bruno").await.assert_problem(404, "loan_not_found");
    app.post(back.as_str()).bearer("reader-ada").await.assert_ok();
    app.post(back.as_str()).bearer("reader-ada").await.assert_problem(409, "already_returned");
    lend("reader-bruno").await.assert_status(201);
}

#[purlin_test::test]
async fn a_reader_has_five_books_at_most() {
    let app = library().await;
    for id in 1..=5 {
        let path = format!("/api/books/{id}/loans");
        app.post(path).bearer("reader-ada").json(&json!({})).await.assert_status(201);
    }
    let sixth = app.post("/api/books/6/loans").bearer("reader-ada").json(&json!({})).await;
    sixth.assert_problem(409, "too_many_loans");
    let loans: Value = app.get("/api/loans?limit=3").bearer("reader-ada").await.json();
    assert_eq!(loans["items"].as_array().unwrap().len(), 3);
    let next = loans["links"]["next"].as_str().unwrap().to_owned();
    let rest: Value = app.get(next).bearer("reader-ada").await.json();
    assert_eq!(rest["items"].as_array().unwrap().len(), 2);
}

#[purlin_test::test]
async fn the_rules_come_from_the_configuration() {
    let app = TestApp::of(bookshelf::app())
        .configure("database.url", "sqlite::memory:")
        .configure("lending.days", 3)
        .start()
        .await;
    let long =
        app.post("/api/books/1/loans").bearer("reader-ada").json(&json!({ "days": 4 })).await;
    long.assert_problem(409, "too_long");
}
