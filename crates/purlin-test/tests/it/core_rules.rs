//! What is asked of each field of an input, and what is said where it is missing.
//!
//! S-079, S-080.

use garde::Validate;
use purlin_core::{Json, Routes};
use purlin_test::TestApp;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};

use crate::ask::serve;

/// A change of a reader: what is absent stays, and what is null is taken away.
#[derive(Debug, Serialize, Deserialize, JsonSchema, Validate)]
#[garde(allow_unvalidated)]
#[allow(clippy::option_option, reason = "absent, null and a value are three things")]
struct Change {
    #[serde(default = "eighteen")]
    age: u8,
    name: Option<String>,
    #[serde(default, deserialize_with = "said")]
    phone: Option<Option<String>>,
}

fn eighteen() -> u8 {
    18
}

#[allow(clippy::option_option, reason = "absent, null and a value are three things")]
fn said<'de, D: Deserializer<'de>>(json: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(json).map(Some)
}

async fn change(Json(change): Json<Change>) -> String {
    let Change { age, name, phone } = change;
    let phone = match phone {
        None => "stays".to_owned(),
        Some(None) => "is taken away".to_owned(),
        Some(Some(phone)) => format!("becomes {phone}"),
    };
    format!("{age} {} {phone}", name.unwrap_or_default())
}

/// S-079
#[tokio::test]
async fn what_is_absent_has_its_default_and_is_not_what_is_null() {
    let app = serve(Routes::new().patch("/", change)).await;
    for (body, told) in [
        (json!({}), "18  stays"),
        (json!({ "age": 7, "name": "Ada", "phone": "1" }), "7 Ada becomes 1"),
        (json!({ "name": null, "phone": null }), "18  is taken away"),
    ] {
        app.patch("/").json(&body).await.assert_text(told);
    }
    // A default stands in for what is not there, and not for what is wrong.
    let wrong = app.patch("/").json(&json!({ "age": null, "phone": 1 })).await;
    wrong.assert_problem(422, "invalid_input");
    wrong.assert_fault("/age", "type").assert_fault("/phone", "type");
}

/// S-079: a client reads in the document what it may leave out, and what it then gets.
#[tokio::test]
async fn a_default_is_in_the_document() {
    let app = serve(Routes::new().patch("/", change)).await;
    let schemas = &app.openapi()["components"]["schemas"];
    let change = schemas.get("Change").or_else(|| schemas.get("ChangeInput")).unwrap();
    assert_eq!(change["properties"]["age"]["default"], 18, "{change}");
    assert_eq!(change["required"], Value::Null, "{change}");
}

#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[allow(dead_code, reason = "it is only read")]
struct Account {
    #[garde(length(chars, min = 2, max = 5))]
    name: String,
    #[garde(range(min = 18, max = 150))]
    age: u8,
    #[garde(pattern("^[A-Z]{2}[0-9]{2}$"))]
    code: String,
    #[garde(email)]
    mail: String,
    #[garde(pattern(r"^https?://[^\x00-\x20/?#]+[^\x00-\x20]*$"))]
    home: String,
    #[garde(skip)]
    plan: Plan,
    #[garde(length(min = 1, max = 2), inner(length(chars, min = 1)))]
    tags: Vec<String>,
    #[garde(length(chars, min = 8))]
    password: String,
    #[garde(matches(password))]
    again: String,
    #[garde(skip)]
    from: u32,
    #[garde(custom(not_before(self.from)))]
    to: u32,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Plan {
    Free,
    Paid,
}

/// A rule over two fields.
fn not_before(from: u32) -> impl FnOnce(&u32, &()) -> garde::Result {
    move |to, ()| {
        if *to < from {
            return Err(garde::Error::new(format!("must not be less than `from`, {from}")));
        }
        Ok(())
    }
}

async fn app() -> TestApp {
    serve(Routes::new().post("/", async |_: Json<Account>| "good")).await
}

fn good() -> Value {
    json!({
        "name": "Ada", "age": 36, "code": "AB12", "mail": "ada@example.org",
        "home": "https://example.org/ada?x=1", "plan": "free", "tags": ["one"],
        "password": "correct horse", "again": "correct horse", "from": 3, "to": 3,
    })
}

/// S-080: each rule lets pass what keeps it, and says at its field what breaks it.
#[tokio::test]
async fn each_rule_has_what_it_passes_and_what_it_refuses() {
    let app = app().await;
    app.post("/").json(&good()).await.assert_text("good");
    for (field, passes, breaks, pointer, code) in [
        ("name", json!("Äd"), json!("Ä"), "/name", "min_length"),
        ("name", json!("ÄdaÄd"), json!("Augusta"), "/name", "max_length"),
        ("age", json!(18), json!(17), "/age", "minimum"),
        ("age", json!(150), json!(151), "/age", "maximum"),
        ("code", json!("XY00"), json!("xy00"), "/code", "pattern"),
        ("mail", json!("a+b@c.example"), json!("a b@c.example"), "/mail", "format"),
        ("home", json!("http://[::1]:80"), json!("ftp://example.org"), "/home", "pattern"),
        ("home", json!("https://é.example/#a"), json!("https://"), "/home", "pattern"),
        ("home", json!("http://a"), json!("javascript:alert(1)"), "/home", "pattern"),
        ("home", json!("http://a?"), json!("http://a\r\nx: y"), "/home", "pattern"),
        ("plan", json!("paid"), json!("gold"), "/plan", "enum"),
        ("tags", json!(["a", "b"]), json!([]), "/tags", "min_items"),
        ("tags", json!(["a"]), json!(["a", "b", "c"]), "/tags", "max_items"),
        ("tags", json!(["a", "b"]), json!(["a", ""]), "/tags/1", "min_length"),
        ("again", json!("correct horse"), json!("correct hearse"), "/again", "invalid"),
        ("to", json!(4), json!(2), "/to", "invalid"),
    ] {
        let with = |value: &Value| {
            let mut body = good();
            body[field] = value.clone();
            app.post("/").json(&body)
        };
        with(&passes).await.assert_text("good");
        let refused = with(&breaks).await;
        refused.assert_problem(422, "invalid_input").assert_fault(pointer, code);
        let faults = refused.json_value()["errors"].as_array().map_or(0, Vec::len);
        assert_eq!(faults, 1, "{field}: {refused}");
    }
}

/// S-080: rules over several fields are in the same list as all others.
#[tokio::test]
async fn rules_over_two_fields_are_told_beside_the_others() {
    let mut body = good();
    body["again"] = json!("else");
    body["to"] = json!(0);
    body["age"] = json!(7);
    let refused = app().await.post("/").json(&body).await;
    refused.assert_fault("/age", "minimum");
    refused.assert_fault("/again", "invalid").assert_fault("/to", "invalid");
    refused.assert_text_contains("must not be less than `from`, 3");
}
