//! JSON bodies: what is accepted has no fault, what is refused has at least one, at a pointer that
//! exists in what was sent.
//!
//! Input: the type by a digit, then the body.

#![no_main]
#![expect(dead_code, reason = "the fields are only read by serde and garde")]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use garde::Validate;
use http::{HeaderValue, Method, StatusCode};
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use purlin_core::__private::schema;
use purlin_core::{App, Body, Json, Request, Routes, Service};
use purlin_fuzz::{Answer, Sheet, ask, mutated_json, serve};
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(rename_all = "camelCase")]
#[garde(allow_unvalidated)]
struct Order {
    #[garde(length(chars, min = 1, max = 12))]
    buyer_name: String,
    #[garde(email)]
    mail: Option<String>,
    #[garde(length(min = 1, max = 4), dive)]
    lines: Vec<Line>,
    #[serde(default)]
    #[garde(inner(length(chars, min = 2)))]
    tags: Vec<String>,
    #[garde(dive)]
    ship_to: Place,
    #[garde(dive)]
    bill_to: Option<Place>,
}

#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
struct Line {
    #[garde(range(min = 1, max = 99))]
    count: u8,
    #[serde(rename = "unit/price")]
    #[garde(range(min = 0.25))]
    price: f64,
    #[garde(skip)]
    note: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema, Validate)]
struct Place {
    #[garde(length(chars, min = 1))]
    street: String,
    #[garde(pattern("^[0-9]{5}$"))]
    zip: String,
}

#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Shape {
    Circle {
        #[garde(range(min = 0.5))]
        radius: f64,
    },
    Place(#[garde(dive)] Place),
    Nothing,
}

#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(tag = "t", content = "c")]
enum Event {
    Said(#[garde(length(chars, min = 1, max = 5))] String),
    Moved {
        #[garde(range(min = 0))]
        x: i32,
        #[garde(skip)]
        y: i32,
    },
    Pair(#[garde(range(max = 30))] u8, #[garde(skip)] String),
    Left,
}

#[derive(Debug, Deserialize, JsonSchema, Validate)]
enum Step {
    Draft,
    At {
        #[garde(range(min = 1))]
        x: u8,
    },
    Many(#[garde(length(min = 1, max = 3))] Vec<u8>),
    Two(#[garde(range(min = 1))] u8, #[garde(length(chars, min = 1))] String),
}

#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(untagged)]
enum Loose {
    Number(#[garde(range(min = 0))] i64),
    Text(#[garde(length(chars, max = 4))] String),
    X {
        #[garde(range(min = 1))]
        x: u8,
    },
    List(#[garde(length(max = 3), dive)] Vec<Loose>),
    Named {
        #[garde(length(chars, min = 1))]
        name: String,
        #[garde(dive)]
        inner: Box<Loose>,
    },
}

#[derive(Debug, Deserialize, JsonSchema, Validate)]
struct Tree {
    #[garde(length(chars, min = 1, max = 3))]
    name: String,
    #[serde(default)]
    #[garde(dive)]
    children: Vec<Self>,
    #[garde(dive)]
    next: Option<Box<Self>>,
}

#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[garde(allow_unvalidated)]
struct Flat {
    #[garde(range(min = 1))]
    id: u32,
    #[serde(flatten)]
    #[garde(dive)]
    paging: Paging,
    #[serde(flatten)]
    #[garde(dive)]
    step: Step,
    #[serde(flatten)]
    rest: BTreeMap<String, Value>,
}

#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(rename_all = "camelCase")]
struct Paging {
    #[serde(default = "one")]
    #[garde(range(min = 1))]
    page: u32,
    #[serde(default = "one")]
    #[garde(range(min = 1, max = 100))]
    per_page: u32,
}

fn one() -> u32 {
    1
}

#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[garde(allow_unvalidated)]
struct Kinds {
    #[garde(length(min = 1, max = 2))]
    counts: BTreeMap<String, u8>,
    numbered: BTreeMap<u32, String>,
    #[serde(default)]
    lists: BTreeMap<String, Vec<u8>>,
    anything: Option<Value>,
    small: i8,
    large: u64,
    larger: u128,
    single: f32,
    #[garde(range(min = 10, max = 20))]
    bounded: i64,
    triple: [u8; 3],
    pair: (i16, String),
    letter: char,
    unit: (),
    #[garde(prefix("B-"), suffix("x"))]
    code: String,
    #[garde(ip)]
    ip: String,
    #[garde(custom(is_odd))]
    odd: u8,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "garde calls it so")]
fn is_odd(number: &u8, (): &()) -> garde::Result {
    if number.is_multiple_of(2) { Err(garde::Error::new("must be odd")) } else { Ok(()) }
}

/// The list of faults ends after 64 kB of text, of which every byte may have to be escaped in JSON.
const LARGEST_EXPLANATION: usize = 512 * 1024;

static SERVICE: LazyLock<Service> = LazyLock::new(|| {
    let routes = Routes::new()
        .post("/0", async |_: Json<Order>| ())
        .post("/1", async |_: Json<Shape>| ())
        .post("/2", async |_: Json<Event>| ())
        .post("/3", async |_: Json<Step>| ())
        .post("/4", async |_: Json<Loose>| ())
        .post("/5", async |_: Json<Tree>| ())
        .post("/6", async |_: Json<Flat>| ())
        .post("/7", async |_: Json<Kinds>| ());
    serve(App::new("validation").routes(routes))
});

fuzz_target!(|data: &[u8]| {
    let mut sheet = Sheet::new(data);
    let kind = sheet.choice(8);
    let body = sheet.rest();
    let mut request = Request::new(Method::POST, &format!("/{kind}"));
    let json = HeaderValue::from_static("application/json");
    request.headers_mut().insert("content-type", json);
    *request.body_mut() = Body::from(body.to_vec());
    let answer = ask(&SERVICE, request);
    let hold = [
        hold::<Order>,
        hold::<Shape>,
        hold::<Event>,
        hold::<Step>,
        hold::<Loose>,
        hold::<Tree>,
        hold::<Flat>,
        hold::<Kinds>,
    ];
    hold[kind](body, &answer);
});

const NAMES: [&str; 43] = [
    "buyerName",
    "mail",
    "lines",
    "tags",
    "shipTo",
    "billTo",
    "count",
    "unit/price",
    "note",
    "street",
    "zip",
    "kind",
    "circle",
    "radius",
    "place",
    "nothing",
    "t",
    "c",
    "Said",
    "Moved",
    "Pair",
    "Left",
    "x",
    "y",
    "Draft",
    "At",
    "Many",
    "Two",
    "name",
    "inner",
    "children",
    "next",
    "id",
    "page",
    "perPage",
    "counts",
    "numbered",
    "lists",
    "anything",
    "small",
    "0",
    "a~b",
    "é",
];

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    if size > 1
        && !seed.is_multiple_of(3)
        && let Some(body) = mutated_json(&data[1..size], seed, &NAMES)
        && body.len() < max_size
    {
        data[1..=body.len()].copy_from_slice(&body);
        return body.len() + 1;
    }
    fuzzer_mutate(data, size, max_size)
});

fn hold<T>(body: &[u8], answer: &Answer)
where
    T: DeserializeOwned + JsonSchema + Validate<Context = ()>,
{
    let context = || format!("{} {}", String::from_utf8_lossy(body), answer.text());
    let read = serde_json::from_slice::<T>(body).map(|input| input.validate());
    let sent = serde_json::from_slice::<Value>(body).ok();
    match answer.status {
        StatusCode::NO_CONTENT => {
            let is_accepted = match read {
                Ok(rules) => rules.is_ok(),
                // serde passes over what it ignores, and may have read what is no JSON there.
                Err(_) => sent.as_ref().is_none_or(has_whole_floats),
            };
            assert!(is_accepted, "accepted: {}", context());
            if let Some(sent) = sent {
                accepted::<T>(&sent);
            }
        }
        StatusCode::BAD_REQUEST => {
            assert!(sent.is_none(), "{}", context());
            assert_eq!(answer.json()["code"], "invalid_json", "{}", context());
        }
        StatusCode::UNPROCESSABLE_ENTITY => {
            assert!(!matches!(read, Ok(Ok(()))), "refused: {}", context());
            refused(&answer.json(), sent.as_ref());
            let length = answer.body.len();
            assert!(length <= LARGEST_EXPLANATION, "{length} bytes explain {}", body.len());
        }
        _ => panic!("{} {}", answer.status, context()),
    }
}

fn accepted<T: JsonSchema>(sent: &Value) {
    let schema = schemars::schema_for!(T).to_value();
    let faults = schema::check(&schema, &schema, sent);
    let lie = faults.iter().find(|fault| !is_documented(fault.code, sent.pointer(&fault.pointer)));
    assert!(lie.is_none(), "accepted, but {lie:?}: {sent}");
}

fn refused(problem: &Value, sent: Option<&Value>) {
    let faults = problem["errors"].as_array().expect("the faults are listed");
    // One more says that there are more.
    assert!(!faults.is_empty() && faults.len() <= schema::MOST_FAULTS + 1, "{problem}");
    for fault in faults {
        let pointer = fault["pointer"].as_str().expect("a pointer is text");
        let place = match fault["code"].as_str() {
            Some("required") => pointer.rfind('/').map_or("", |end| &pointer[..end]),
            _ => pointer,
        };
        let exists = place.is_empty() || sent.is_some_and(|sent| sent.pointer(place).is_some());
        assert!(exists, "{fault} is nowhere in {sent:?}");
        assert_ne!(fault["message"], "was refused", "{sent:?}");
    }
}

/// Where serde takes more than the schema says; the module `schema` of the core lists it.
fn is_documented(code: &str, place: Option<&Value>) -> bool {
    let is_unit = |value: &Value| match value {
        Value::Object(members) => members.len() <= 1 && members.values().all(Value::is_null),
        _ => false,
    };
    match code {
        "type" | "one_of" => place.is_some_and(|value| value.is_array() || is_unit(value)),
        "enum" | "const" => place.is_some_and(is_unit),
        _ => false,
    }
}

/// `1.0` is read as `1` where a whole number is wanted.
fn has_whole_floats(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(has_whole_floats),
        Value::Object(members) => members.values().any(has_whole_floats),
        Value::Number(number) => {
            number.is_f64() && number.as_f64().is_some_and(|n| n.fract() == 0.0)
        }
        _ => false,
    }
}
