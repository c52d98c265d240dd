//! Forms, queries and headers: typed values from text.
//!
//! S-046, S-063, S-082, S-084.

use garde::Validate;
use purlin_core::{Form, Header, Query, Routes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ask::serve;

#[derive(Debug, Deserialize, JsonSchema, Validate)]
struct Search {
    #[garde(length(chars, min = 1, max = 20))]
    q: String,
    #[serde(default)]
    #[garde(inner(range(max = 9)))]
    tag: Vec<u8>,
    #[garde(range(min = 0.5))]
    weight: Option<f64>,
    #[serde(default)]
    #[garde(skip)]
    exact: bool,
    #[garde(skip)]
    sort: Option<Sort>,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Sort {
    Title,
    Year,
}

fn shown(search: &Search) -> String {
    let Search { q, tag, weight, exact, sort } = search;
    format!("{q:?} {tag:?} {weight:?} {exact} {sort:?}")
}

async fn search(query: Query<Search>) -> String {
    shown(&query)
}

async fn submit(form: Form<Search>) -> String {
    shown(&form)
}

#[tokio::test]
async fn a_query_is_typed() {
    let app = serve(Routes::new().get("/", search)).await;
    for (query, expected) in [
        ("q=a", "\"a\" [] None false None"),
        ("q=a+b%20c%2B&exact=true", "\"a b c+\" [] None true None"),
        ("tag=1&q=x&tag=2", "\"x\" [1, 2] None false None"),
        ("tag=3&q=x&weight=0.5&sort=year", "\"x\" [3] Some(0.5) false Some(Year)"),
        ("q=%C3%BC&unknown=1&&", "\"ü\" [] None false None"),
        ("q=100%", "\"100%\" [] None false None"),
        ("q=a=b", "\"a=b\" [] None false None"),
    ] {
        app.get(format!("/?{query}")).await.assert_text(expected);
    }
}

#[tokio::test]
async fn every_fault_of_a_query_is_told() {
    let app = serve(Routes::new().get("/", search)).await;
    for (query, faults) in [
        ("", &[("/q", "required")][..]),
        ("q=", &[("/q", "min_length")]),
        ("q", &[("/q", "min_length")]),
        ("q=a&q=b", &[("/q", "type")]),
        (
            "q=a&tag=x&weight=heavy&exact=yes&sort=size",
            &[("/tag/0", "type"), ("/weight", "type"), ("/exact", "type"), ("/sort", "enum")],
        ),
        ("q=a&tag=1&tag=10&weight=0", &[("/tag/1", "maximum"), ("/weight", "minimum")]),
        ("q=a&weight=&sort=", &[("/sort", "enum"), ("/weight", "type")]),
        ("q=a&tag=300", &[("/tag/0", "maximum")]),
    ] {
        let response = app.get(format!("/?{query}")).await;
        response.assert_problem(422, "invalid_input");
        for (pointer, code) in faults {
            response.assert_fault(pointer, code);
        }
        let found = response.json_value()["errors"].as_array().unwrap().len();
        assert_eq!(found, faults.len(), "{response}");
    }
    app.get("/?q=%ff").await.assert_problem(400, "invalid_encoding");
}

#[tokio::test]
async fn an_optional_query_is_absent_only_when_there_is_none() {
    let optional = async |query: Option<Query<Search>>| query.map_or("none".to_owned(), |q| q.0.q);
    let app = serve(Routes::new().get("/", optional)).await;
    app.get("/").await.assert_text("none");
    app.get("/?").await.assert_text("none");
    app.get("/?q=x").await.assert_text("x");
    app.get("/?tag=1").await.assert_status(422);
}

#[tokio::test]
async fn a_form_is_typed_and_told_in_the_same_way() {
    let app = serve(Routes::new().post("/", submit).body_limit(100)).await;
    let form = &[("q", "a b"), ("tag", "1"), ("tag", "2"), ("exact", "true")];
    app.post("/").form(form).await.assert_text("\"a b\" [1, 2] None true None");
    // An input that was left blank, as browsers send it.
    let blank = &[("q", "a"), ("weight", ""), ("sort", "")];
    app.post("/").form(blank).await.assert_text("\"a\" [] None false None");
    let response = app.post("/").form(&[("q", ""), ("tag", "x")]).await;
    response.assert_problem(422, "invalid_input");
    response.assert_fault("/q", "min_length").assert_fault("/tag/0", "type");
    response.assert_text_contains("\"in\":\"form\"");
    app.post("/").await.assert_problem(422, "invalid_input").assert_fault("", "required");
    app.post("/").json(&[1]).await.assert_problem(415, "unsupported_media_type");
    app.post("/").form(&[("q", "x".repeat(200))]).await.assert_problem(413, "body_too_large");
}

#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(rename_all = "kebab-case")]
struct Client {
    #[garde(length(chars, max = 5))]
    x_client: String,
    #[garde(skip)]
    x_retry: Option<u8>,
}

#[tokio::test]
async fn headers_are_typed() {
    let show =
        async |Header(client): Header<Client>| format!("{} {:?}", client.x_client, client.x_retry);
    let app = serve(Routes::new().get("/", show)).await;
    app.get("/")
        .header("X-Client", "curl")
        .header("x-retry", "2")
        .await
        .assert_text("curl Some(2)");
    let response = app.get("/").header("x-client", "netscape").header("x-retry", "often").await;
    response.assert_problem(422, "invalid_input");
    response.assert_fault("/x-client", "max_length").assert_fault("/x-retry", "type");
    app.get("/").await.assert_fault("/x-client", "required");
}

#[derive(Debug, Deserialize, JsonSchema, Validate)]
struct Outer {
    #[garde(skip)]
    name: String,
    #[serde(flatten)]
    #[garde(dive)]
    page: Inner,
}

#[derive(Debug, Deserialize, JsonSchema, Validate)]
struct Inner {
    #[garde(range(min = 1))]
    page: u32,
    #[serde(default)]
    #[garde(skip)]
    all: bool,
}

#[tokio::test]
async fn what_is_flattened_is_typed_too() {
    let show = async |Query(outer): Query<Outer>| {
        format!("{} {} {}", outer.name, outer.page.page, outer.page.all)
    };
    let app = serve(Routes::new().get("/", show)).await;
    app.get("/?name=7&page=7&all=true").await.assert_text("7 7 true");
    app.get("/?name=a&page=0").await.assert_fault("/page", "minimum");
    app.get("/?page=x").await.assert_fault("/page", "type").assert_fault("/name", "required");
}
