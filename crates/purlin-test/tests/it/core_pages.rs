//! Pages of a list, and their links.
//!
//! S-156.

use purlin_core::{CursorPage, CursorQuery, Page, PageQuery, Query, Routes};
use purlin_test::TestApp;
use serde_json::{Value, json};

use crate::ask::serve;

async fn numbered(query: Query<PageQuery>) -> Page<u64> {
    let all: Vec<u64> = (1..=45).collect();
    let items = all.iter().copied().skip(usize::try_from(query.offset()).unwrap());
    Page::new(items.take(query.per_page as usize).collect(), query.0, 45)
}

async fn moving(query: Query<CursorQuery>) -> CursorPage<u32> {
    let after = query.cursor.as_deref().map_or(0, |cursor| cursor.parse().unwrap());
    let items = (after + 1..=5).take(query.limit as usize + 1).collect();
    CursorPage::cut(items, query.limit, ToString::to_string)
}

async fn app() -> TestApp {
    serve(Routes::new().get("/numbered", numbered).get("/moving", moving)).await
}

#[tokio::test]
async fn a_page_links_to_its_neighbours_and_keeps_the_rest_of_the_query() {
    let response = app().await.get("/numbered?q=a%20b&page=2&per_page=20").await;
    response.assert_json_includes(&json!({ "page": 2, "per_page": 20, "total": 45, "links": {
        "first": "/numbered?q=a%20b&per_page=20&page=1",
        "prev": "/numbered?q=a%20b&per_page=20&page=1",
        "next": "/numbered?q=a%20b&per_page=20&page=3",
        "last": "/numbered?q=a%20b&per_page=20&page=3",
    } }));
    assert_eq!(response.json_value()["items"].as_array().unwrap()[0], 21);
    let link = response.header("link").unwrap();
    assert!(link.contains("</numbered?q=a%20b&per_page=20&page=3>; rel=\"next\""), "{link}");
}

#[tokio::test]
async fn the_first_and_the_last_page_have_one_neighbour() {
    let app = app().await;
    let first = app.get("/numbered").await.json_value();
    assert_eq!((&first["links"]["prev"], &first["items"][19]), (&Value::Null, &json!(20)));
    let last = app.get("/numbered?page=3").await.json_value();
    assert_eq!(
        (&last["links"]["next"], last["items"].as_array().unwrap().len()),
        (&Value::Null, 5)
    );
    let beyond = app.get("/numbered?page=9").await.json_value();
    assert_eq!(beyond["items"], json!([]));
    assert_eq!(beyond["links"]["next"], Value::Null);
}

#[tokio::test]
async fn pages_out_of_range_are_faults() {
    let app = app().await;
    let response = app.get("/numbered?page=0&per_page=101").await;
    response.assert_fault("/page", "minimum").assert_fault("/per_page", "maximum");
    app.get("/moving?limit=0").await.assert_fault("/limit", "minimum");
}

#[tokio::test]
async fn cursors_lead_through_the_whole_list() {
    let app = app().await;
    let mut target = "/moving?limit=2".to_owned();
    let mut all = Vec::new();
    loop {
        let page = app.get(target).await.json_value();
        all.extend(page["items"].as_array().unwrap().iter().map(|item| item.as_u64().unwrap()));
        match page["links"]["next"].as_str() {
            Some(next) => target = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(all, [1, 2, 3, 4, 5]);
}
