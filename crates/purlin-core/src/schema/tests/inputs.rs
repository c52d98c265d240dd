//! Input types as applications write them: every feature of serde and garde that a schema knows of.

#![expect(dead_code, reason = "only read by serde and garde")]

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::num::{NonZeroI8, NonZeroU16};
use std::time::Duration;

use garde::Validate;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(rename_all = "camelCase")]
#[garde(allow_unvalidated)]
pub(super) struct Person {
    #[garde(length(chars, min = 1, max = 10))]
    full_name: String,
    #[garde(range(min = 1, max = 150))]
    age: u8,
    #[garde(email)]
    mail: Option<String>,
    #[garde(length(max = 3), inner(length(chars, min = 2)))]
    tags: Vec<String>,
    #[garde(dive)]
    home: Address,
    #[garde(dive)]
    work: Option<Address>,
}

#[derive(Debug, Deserialize, JsonSchema, Validate)]
struct Address {
    #[serde(rename = "street-name")]
    #[garde(length(chars, min = 1))]
    street: String,
    #[garde(pattern("^[0-9]{5}$"))]
    zip: String,
}

#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(super) struct Strict {
    #[garde(range(min = 1))]
    a: i32,
    #[serde(default = "one")]
    #[garde(range(min = 1, max = 9))]
    page: u32,
    #[garde(skip)]
    n: Option<u64>,
}

fn one() -> u32 {
    1
}

#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub(super) enum Inside {
    Circle {
        #[garde(range(min = 0.5))]
        radius: f64,
    },
    Named(#[garde(dive)] Person),
    None,
}

#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(tag = "t", content = "c")]
pub(super) enum Beside {
    Text(#[garde(length(chars, min = 1, max = 5))] String),
    Pair(#[garde(range(max = 30))] u8, #[garde(skip)] String),
    Point {
        #[garde(range(min = 0))]
        x: i32,
        #[garde(skip)]
        y: i32,
    },
    Nothing,
}

#[derive(Debug, Deserialize, JsonSchema, Validate)]
pub(super) enum Outside {
    Draft,
    #[serde(rename = "live")]
    Live,
    At {
        #[garde(range(min = 1))]
        x: u8,
    },
    Many(#[garde(length(min = 1))] Vec<u8>),
    Two(#[garde(range(min = 1))] u8, #[garde(length(chars, min = 1))] String),
    /// A variant with a word about it.
    Documented,
}

#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(untagged)]
#[garde(allow_unvalidated)]
pub(super) enum Untagged {
    Number(#[garde(range(min = 0))] i64),
    Text(#[garde(length(chars, max = 4))] String),
    X {
        #[garde(range(min = 1))]
        x: u8,
    },
    Y {
        #[garde(length(chars, min = 1))]
        y: String,
        more: Vec<u8>,
    },
    List(Vec<u8>),
}

#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[garde(allow_unvalidated)]
pub(super) struct Flat {
    #[garde(range(min = 1))]
    id: u32,
    #[serde(flatten)]
    #[garde(dive)]
    paging: Paging,
    #[serde(flatten)]
    #[garde(dive)]
    state: Outside,
    #[serde(flatten)]
    rest: HashMap<String, Value>,
}

#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(rename_all = "camelCase", default)]
struct Paging {
    #[garde(range(min = 1))]
    page: u32,
    #[garde(range(min = 1, max = 100))]
    per_page: u32,
}

impl Default for Paging {
    fn default() -> Self {
        Self { page: 1, per_page: 10 }
    }
}

#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[garde(allow_unvalidated)]
pub(super) struct Maps {
    #[garde(length(min = 1, max = 2))]
    counts: BTreeMap<String, u8>,
    numbered: BTreeMap<u32, String>,
    colors: BTreeMap<Color, i32>,
    anything: HashMap<String, Value>,
    #[serde(default)]
    #[garde(dive)]
    people: BTreeMap<String, Address>,
}

#[derive(Debug, Deserialize, Eq, JsonSchema, Ord, PartialEq, PartialOrd)]
#[serde(rename_all = "lowercase")]
enum Color {
    Red,
    Green,
}

#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[garde(allow_unvalidated)]
pub(super) struct Numbers {
    a: i8,
    b: i32,
    c: u64,
    d: f32,
    e: u128,
    f: NonZeroI8,
    g: NonZeroU16,
    #[garde(range(min = 10, max = 20))]
    h: i64,
    #[garde(range(min = 0.25))]
    i: f64,
    j: [u8; 3],
    k: (i16, String),
    l: char,
}

#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[garde(allow_unvalidated)]
pub(super) struct Optional {
    #[garde(range(min = 1))]
    a: Option<u16>,
    #[garde(length(chars, max = 2))]
    b: Option<String>,
    #[garde(length(min = 1))]
    c: Option<Vec<u8>>,
    d: Option<Point>,
    #[garde(dive)]
    e: Option<Outside>,
    #[garde(dive)]
    f: Option<Inside>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Point {
    x: i32,
    y: i32,
}

#[derive(Debug, Deserialize, JsonSchema, Validate)]
pub(super) struct Rules {
    #[garde(prefix("B-"), suffix("x"), contains("-"))]
    code: String,
    #[garde(ascii, length(min = 2))]
    word: String,
    #[garde(alphanumeric)]
    plate: String,
    #[garde(ip)]
    ip: String,
    #[garde(dive)]
    title: Title,
    #[garde(length(min = 1))]
    keys: HashMap<String, u8>,
    #[garde(custom(is_odd))]
    odd: u8,
    #[garde(required, inner(range(min = 1)))]
    must: Option<u8>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "garde calls it so")]
fn is_odd(number: &u8, (): &()) -> garde::Result {
    if number.is_multiple_of(2) {
        return Err(garde::Error::new("must be odd"));
    }
    Ok(())
}

#[derive(Debug, Deserialize, JsonSchema, Validate)]
struct Title(#[garde(length(chars, min = 1, max = 5))] String);

#[derive(Debug, Deserialize, JsonSchema, Validate)]
pub(super) struct Tree {
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
pub(super) struct Standard {
    unit: (),
    set: BTreeSet<u8>,
    duration: Duration,
    address: std::net::IpAddr,
    result: Result<u8, String>,
    range: std::ops::Range<i8>,
    nested: Vec<Vec<u8>>,
    bound: std::ops::Bound<u8>,
}
