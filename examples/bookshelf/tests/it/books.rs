//! The books: found, listed, changed.
//!
//! S-148, S-156.

use std::collections::HashSet;

use purlin_test::TestApp;
use serde_json::{Value, json};

use crate::library;

fn new_book() -> Value {
    json!({
        "title": "The Left-Handed Purlin", "author": "Ada Carpenter", "year": 1903,
        "language": "en", "pages": 212, "tags": ["novel"], "copies": 2,
    })
}

/// The ids of all books of a list, page by page.
async fn ids(app: &TestApp, path: &str) -> Vec<i64> {
    let mut path = path.to_owned();
    let mut ids = Vec::new();
    loop {
        let page: Value = app.get(path.as_str()).await.assert_ok().json();
        ids.extend(
            page["items"].as_array().unwrap().iter().map(|book| book["id"].as_i64().unwrap()),
        );
        match page["links"]["next"].as_str() {
            Some(next) => next.clone_into(&mut path),
            None => return ids,
        }
    }
}

/// S-148
#[purlin_test::test]
async fn the_library_has_real_works() {
    let app = library().await;
    let works = ids(&app, "/api/books?limit=100").await.len();
    assert!(works >= 300, "{works}");
    let authors: Value = app.get("/api/authors").await.assert_ok().json();
    assert!(authors["total"].as_u64().unwrap() >= 110);
    let found: Value = app.get("/api/books?q=Emma%20Austen").await.assert_ok().json();
    assert_eq!(found["items"][0]["title"], "Emma");
    assert_eq!(found["items"][0]["year"], 1815);
}

/// S-156: a cursor leads through the whole list, and each book comes once.
#[purlin_test::test]
async fn a_cursor_leads_through_the_list() {
    let app = library().await;
    for sort in ["title", "newest", "oldest"] {
        let all = ids(&app, &format!("/api/books?language=en&limit=100&sort={sort}")).await;
        let once: HashSet<_> = all.iter().collect();
        assert!(
            once.len() == all.len() && all.len() > 200,
            "{sort}: {} of {}",
            once.len(),
            all.len()
        );
    }
    let english: Value = app.get("/api/books?language=en").await.json();
    for book in english["items"].as_array().unwrap() {
        assert_eq!(book["language"], "en");
    }
}

#[purlin_test::test]
async fn filters_go_together() {
    let app = library().await;
    let found: Value = app
        .get("/api/books?tag=poetry&tag=epic&language=el&available=true")
        .await
        .assert_ok()
        .json();
    let items = found["items"].as_array().unwrap();
    assert!(!items.is_empty());
    for book in items {
        let tags = book["tags"].as_array().unwrap();
        assert!(tags.contains(&json!("poetry")) && tags.contains(&json!("epic")), "{book}");
    }
    app.get("/api/books?cursor=nonsense").await.assert_problem(404, "page_not_found");
}

#[purlin_test::test]
async fn librarians_change_the_shelf() {
    let app = library().await;
    let created = app.post("/api/books").bearer("librarian-clara").json(&new_book()).await;
    created.assert_status(201);
    let path = created.header("location").unwrap().to_owned();
    app.get(path.as_str())
        .await
        .assert_json_includes(&json!({ "author": { "name": "Ada Carpenter" } }));

    let again = app.post("/api/books").bearer("librarian-clara").json(&new_book()).await;
    again.assert_problem(409, "book_exists");

    let mut changed = new_book();
    changed["pages"] = json!(999);
    changed["tags"] = json!(["essay", "history"]);
    let updated = app.put(path.as_str()).bearer("librarian-clara").json(&changed).await;
    updated.assert_json_includes(&json!({ "pages": 999, "tags": ["essay", "history"] }));

    app.delete(path.as_str()).bearer("librarian-clara").await.assert_status(204);
    app.get(path.as_str()).await.assert_problem(404, "book_not_found");
}

#[purlin_test::test]
async fn covers_are_drawn() {
    let app = library().await;
    let cover = app.get("/api/books/1/cover").await;
    cover.assert_ok().assert_header("content-type", "image/svg+xml");
    cover.assert_text_contains("<svg ");
}

#[purlin_test::test]
async fn the_home_page_shows_the_shelf() {
    let app = library().await;
    let home = app.get("/").header("accept", "text/html").await;
    home.assert_ok().assert_text_contains("<h1>Bookshelf</h1>");
    home.assert_text_contains("/api/books/");
}
