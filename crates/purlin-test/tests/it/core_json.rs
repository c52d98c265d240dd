//! JSON bodies: read, checked, and refused with every fault at once.
//!
//! S-010, S-062, S-078, S-081, S-082, S-086, T-18.

use std::sync::atomic::{AtomicUsize, Ordering};

use garde::Validate;
use http::StatusCode;
use purlin_core::{
    App, Body, Checked, Error, Faults, Form, Header, Inject, Json, Query, Request, Result, Routes,
    Rules, Text, Unchecked,
};
use purlin_test::{TestApp, start_fails};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::ask::serve;

#[derive(Debug, Serialize, Deserialize, JsonSchema, Validate)]
#[serde(rename_all = "camelCase")]
struct Order {
    #[garde(length(chars, min = 2, max = 20))]
    customer_name: String,
    #[serde(rename = "mail")]
    #[garde(email)]
    address: String,
    #[garde(dive, length(min = 1))]
    items: Vec<Item>,
    #[garde(skip)]
    note: Option<String>,
    #[serde(default)]
    #[garde(skip)]
    express: bool,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema, Validate)]
#[serde(rename_all = "kebab-case")]
struct Item {
    #[garde(range(min = 1))]
    unit_price: i64,
    #[garde(skip)]
    kind: Kind,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Book,
    Map,
}

async fn order(Json(order): Json<Order>) -> Json<Order> {
    Json(order)
}

async fn app() -> TestApp {
    serve(Routes::new().post("/orders", order).body_limit(1000)).await
}

fn good() -> Value {
    json!({
        "customerName": "Anna",
        "mail": "anna@example.org",
        "items": [{ "unit-price": 5, "kind": "book" }],
        "note": null,
        "express": false,
    })
}

#[tokio::test]
async fn a_good_body_arrives() {
    let app = app().await;
    app.post("/orders").json(&good()).await.assert_ok().assert_json(&good());
    let vendor = app
        .post("/orders")
        .json(&good())
        .header("content-type", "application/vnd.x+json; charset=utf-8");
    vendor.await.assert_ok();
    let mut more = good();
    more["unknown"] = json!(1);
    app.post("/orders").json(&more).await.assert_json(&good());
    let text = good().to_string();
    let stream = Body::produce(|out| async move {
        for part in text.into_bytes().chunks(7) {
            out.send(part.to_vec()).await?;
        }
        Ok(())
    });
    app.post("/orders").stream(stream).header("content-type", "application/json").await.assert_ok();
}

#[tokio::test]
async fn six_faults_in_nested_and_renamed_fields_give_six_pointers() {
    let body = json!({
        "customerName": "A",
        "mail": "nowhere",
        "items": [
            { "unit-price": 0, "kind": "book" },
            { "unit-price": "5", "kind": "globe" },
            { "kind": "map" },
        ],
    });
    let response = app().await.post("/orders").json(&body).await;
    response.assert_problem(422, "invalid_input");
    let problem = response.json_value();
    let faults: Vec<String> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| {
            assert_eq!(fault["in"], "body");
            assert!(!fault["message"].as_str().unwrap().is_empty());
            format!("{} {}", fault["pointer"].as_str().unwrap(), fault["code"].as_str().unwrap())
        })
        .collect();
    assert_eq!(
        faults,
        [
            "/customerName min_length",
            "/mail format",
            "/items/0/unit-price minimum",
            "/items/1/unit-price type",
            "/items/1/kind enum",
            "/items/2/unit-price required",
        ]
    );
    response.assert_json_includes(&json!({ "detail": "the request has 6 faults" }));
}

#[tokio::test]
async fn rules_alone_are_told_in_wire_names() {
    let mut body = good();
    body["customerName"] = json!("A");
    body["items"][0]["unit-price"] = json!(-1);
    let response = app().await.post("/orders").json(&body).await;
    response
        .assert_fault("/customerName", "min_length")
        .assert_fault("/items/0/unit-price", "minimum");
}

#[tokio::test]
async fn what_is_not_json_is_400_with_line_and_column() {
    let app = app().await;
    let send = |text: &'static str| {
        app.post("/orders").body(text).header("content-type", "application/json")
    };
    let response = send("{\n  \"customerName\": oops\n}").await;
    response.assert_problem(400, "invalid_json");
    response.assert_json_includes(&json!({ "line": 2, "column": 19 }));
    response.assert_text_contains("at line 2, column 19");
    send("{").await.assert_problem(400, "invalid_json");
    let deep = "[".repeat(500) + &"]".repeat(500);
    let request = app.post("/orders").body(deep).header("content-type", "application/json");
    request.await.assert_problem(400, "invalid_json");
    send("{} {}").await.assert_problem(400, "invalid_json");
    send("[]").await.assert_problem(422, "invalid_input").assert_fault("", "type");
}

#[tokio::test]
async fn another_media_type_is_415_and_names_the_right_one() {
    let app = app().await;
    let text = good().to_string();
    let response = app.post("/orders").text(text.clone()).await;
    response
        .assert_problem(415, "unsupported_media_type")
        .assert_header("accept", "application/json");
    app.post("/orders").body(text).await.assert_problem(415, "unsupported_media_type");
    app.post("/orders").form(&[("a", 1)]).await.assert_problem(415, "unsupported_media_type");
}

#[tokio::test]
async fn a_body_that_is_missing_or_too_large_is_told() {
    let app = app().await;
    app.post("/orders").await.assert_problem(422, "invalid_input").assert_fault("", "required");
    let large = json!({ "note": "x".repeat(1000) });
    let response = app.post("/orders").json(&large).await;
    response.assert_problem(413, "body_too_large").assert_json_includes(&json!({ "limit": 1000 }));
    let endless = Body::produce(|out| async move {
        loop {
            out.send(vec![b' '; 400]).await?;
        }
    });
    let request = app.post("/orders").stream(endless).header("content-type", "application/json");
    request.await.assert_problem(413, "body_too_large");
    let broken = Body::produce(|out| async move {
        out.send("{").await?;
        Err("gone".into())
    });
    let request = app.post("/orders").stream(broken).header("content-type", "application/json");
    request.without_conformance().await.assert_problem(400, "incomplete_body");
}

#[tokio::test]
async fn optional_and_fallible_bodies_are_given_to_the_handler() {
    let optional = async |body: Option<Json<Order>>| match body {
        Some(order) => order.0.customer_name,
        None => "nothing".to_owned(),
    };
    let fallible = async |body: Result<Json<Order>, Error>| match body {
        Ok(order) => order.0.customer_name,
        Err(error) => format!("{} {}", error.status().as_u16(), error.faults().len()),
    };
    let app = serve(Routes::new().post("/optional", optional).post("/fallible", fallible)).await;
    app.post("/optional").await.assert_text("nothing");
    app.post("/optional").json(&good()).await.assert_text("Anna");
    app.post("/optional").json(&json!({})).await.assert_problem(422, "invalid_input");
    app.post("/fallible").json(&good()).await.assert_text("Anna");
    app.post("/fallible").json(&json!({})).await.assert_text("422 3");
    app.post("/fallible").await.assert_text("422 1");
    let body = &app.openapi()["paths"]["/optional"]["post"]["requestBody"];
    assert_ne!(body["required"], true, "{body}");
}

#[tokio::test]
async fn values_without_rules_are_read_as_unchecked() {
    let sum = async |Json(Unchecked(numbers)): Json<Unchecked<Vec<i32>>>| {
        Json(numbers.iter().sum::<i32>())
    };
    let app = serve(Routes::new().post("/", sum)).await;
    app.post("/").json(&[1, 2, 3]).await.assert_json(&6);
    app.post("/")
        .json(&json!([1, "2", null]))
        .await
        .assert_fault("/1", "type")
        .assert_fault("/2", "type");
    let routes = Routes::new().post("/", async |_: Json<Unchecked<Order>>| "x");
    let report = start_fails(App::new("test").routes(routes)).await;
    assert!(
        report.contains(
            "`Unchecked<Order>` states limits in its schema, and nobody would check them"
        ),
        "{report}"
    );
}

#[tokio::test]
async fn a_body_is_read_once() {
    let routes = Routes::new().post("/", async |_: Json<Order>, _: bytes::Bytes| "x");
    let report = start_fails(App::new("test").routes(routes)).await;
    assert!(report.contains("`Json` and `Bytes` both read the request body"), "{report}");
}

#[tokio::test]
async fn unknown_fields_are_faults_where_the_type_denies_them() {
    #[derive(Deserialize, JsonSchema, Validate)]
    #[serde(deny_unknown_fields)]
    #[garde(allow_unvalidated)]
    struct Strict {
        #[allow(dead_code, reason = "it is only read")]
        id: u8,
    }
    let app = serve(Routes::new().post("/", async |_: Json<Strict>| "x")).await;
    let response = app.post("/").json(&json!({ "id": 1, "ID": 2, "x": 3 })).await;
    response.assert_fault("/ID", "unknown_field").assert_fault("/x", "unknown_field");
}

struct Names(&'static [&'static str]);

impl Rules for Order {
    type Services = Inject<Names>;

    async fn check(&self, names: Inject<Names>, faults: &mut Faults) -> Result {
        if names.0.contains(&self.customer_name.as_str()) {
            faults.add("/customerName", "taken", "is taken already");
        }
        Ok(())
    }
}

#[tokio::test]
async fn asynchronous_rules_are_told_in_the_same_list() {
    let checked = async |Checked(Json(order)): Checked<Json<Order>>| order.customer_name;
    let optional = async |order: Option<Checked<Json<Order>>>| order.is_some().to_string();
    let routes = Routes::new().post("/", checked).post("/optional", optional);
    let app = App::new("test").provide(Names(&["Anna"])).routes(routes);
    let app = TestApp::start(app).await;
    let mut body = good();
    body["mail"] = json!("nowhere");
    let response = app.post("/").json(&body).await;
    response
        .assert_status(422)
        .assert_fault("/customerName", "taken")
        .assert_fault("/mail", "format");
    body = good();
    body["customerName"] = json!("Ben");
    app.post("/").json(&body).await.assert_text("Ben");
    app.post("/optional").await.assert_text("false");
    assert_ne!(app.openapi()["paths"]["/optional"]["post"]["requestBody"]["required"], true);
}

#[tokio::test]
async fn the_whole_request_can_be_taken() {
    let whole = async |mut request: Request| {
        let bytes = request.body_mut().collect(10).await;
        format!("{} {}", request.method(), bytes.map_or(0, |bytes| bytes.len()))
    };
    let app = serve(Routes::new().post("/", whole)).await;
    app.post("/").text("four").await.assert_status(StatusCode::OK).assert_text("POST 4");
}

/// A type that counts how often its schema is written.
#[derive(Deserialize, Validate)]
#[garde(allow_unvalidated)]
struct Counted {
    #[allow(dead_code, reason = "it is only refused")]
    number: u8,
}

static WRITTEN: AtomicUsize = AtomicUsize::new(0);

impl JsonSchema for Counted {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Counted".into()
    }

    fn json_schema(_generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        WRITTEN.fetch_add(1, Ordering::Relaxed);
        schemars::json_schema!({
            "type": "object", "required": ["number"], "properties": { "number": { "type": "integer" } },
        })
    }
}

#[tokio::test]
async fn a_schema_is_written_at_assembly_and_never_again() {
    let routes = Routes::new()
        .post("/json", async |_: Json<Counted>| "x")
        .post("/other", async |_: Json<Counted>| "x")
        .post("/form", async |_: Form<Counted>| "x")
        .get("/query", async |_: Query<Counted>| "x")
        .get("/header", async |_: Header<Counted>| "x")
        .get("/unchecked", async |_: Query<Unchecked<u8>>| "x");
    let app = serve(routes).await;
    // Once for the document, and once to check inputs.
    assert_eq!(WRITTEN.load(Ordering::Relaxed), 2);
    for _ in 0..50 {
        for response in [
            app.post("/json").json(&json!({ "number": "x" })).await,
            app.post("/form").form(&[("number", "x")]).await,
            app.get("/query?number=x").await,
            app.get("/header").header("number", "x").await,
        ] {
            response.assert_problem(422, "invalid_input").assert_fault("/number", "type");
        }
    }
    assert_eq!(WRITTEN.load(Ordering::Relaxed), 2);
}

const FORM: &str = "application/x-www-form-urlencoded, multipart/form-data";

#[tokio::test]
async fn each_body_has_a_type_and_is_refused_under_another() {
    let routes = Routes::new()
        .post("/json", async |_: Json<Unchecked<Value>>| "json")
        .post("/form", async |_: Form<Unchecked<Value>>| "form")
        .post("/text", async |_: Text| "text");
    let app = serve(routes).await;
    for (path, wanted, given, is_taken) in [
        ("/json", "application/json", "Application/JSON ; charset=utf-8", true),
        ("/json", "application/json", "application/merge-patch+Json", true),
        ("/json", "application/json", "application/jsonp", false),
        ("/json", "application/json", "json", false),
        ("/json", "application/json", "", false),
        ("/form", FORM, "application/X-WWW-form-urlencoded;charset=utf-8", true),
        ("/form", FORM, "multipart/mixed; boundary=x", false),
        ("/form", FORM, "application/x-www-form-urlencoded+json", false),
        ("/text", "text/plain", "TEXT/plain;charset=utf-8", true),
        ("/text", "text/plain", "text/html", false),
        ("/text", "text/plain", "application/json", false),
    ] {
        let response = app.post(path).body("7").header("content-type", given).await;
        if is_taken {
            response.assert_text(&path[1..]);
            continue;
        }
        response.assert_problem(415, "unsupported_media_type").assert_header("accept", wanted);
        let essence = given.split(';').next().unwrap();
        let wanted = wanted.replace(", ", "` or `");
        let detail = format!("the body must be `{wanted}`, its Content-Type says `{essence}`");
        response.assert_json_includes(&json!({ "detail": detail }));
    }
    let unnamed = |path| app.post(path).body("7");
    unnamed("/json").await.assert_problem(415, "unsupported_media_type");
    unnamed("/form").await.assert_problem(415, "unsupported_media_type");
    unnamed("/text").await.assert_text("text");
}
