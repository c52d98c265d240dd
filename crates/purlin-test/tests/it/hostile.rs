//! Requests that are made to be expensive: refused at once, with a short answer that says enough.
//!
//! S-078, S-081. How much work each of them is, is counted where the work is done: in the tests of
//! `purlin_core::schema`. Here they come to an end, and their answers are short.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;

use garde::Validate;
use purlin_core::{App, Form, FormLimits, Json, Query, Routes};
use purlin_test::{TestApp, TestRequest, TestResponse};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::ask::{serve, told};

/// Nobody needs a longer answer to a refused request.
const LONGEST_ANSWER: usize = 100_000;

/// A megabyte is what a body may have unless something else is said.
const BODY: usize = 1_000_000;

fn send(app: &TestApp, body: String) -> TestRequest {
    assert!(body.len() < 1 << 20, "the body is too large to be read");
    app.post("/").header("content-type", "application/json").body(body)
}

async fn refused(app: &TestApp, body: String) -> TestResponse {
    let response = send(app, body).await;
    response.assert_problem(422, "invalid_input");
    let length = response.bytes().len();
    assert!(length < LONGEST_ANSWER, "{length} bytes");
    response
}

/// The faults of an answer: pointers, codes and messages.
fn faults(response: &TestResponse) -> Vec<(String, String, String)> {
    let problem = response.json_value();
    let text = |fault: &serde_json::Value, name| fault[name].as_str().unwrap().to_owned();
    let faults = problem["errors"].as_array().unwrap().iter();
    faults
        .map(|fault| (text(fault, "pointer"), text(fault, "code"), text(fault, "message")))
        .collect()
}

fn check_last(response: &TestResponse, expected: (&str, &str, &str)) {
    let all = faults(response);
    let (pointer, code, message) = all.last().unwrap();
    assert_eq!((&**pointer, &**code, &**message), expected);
}

#[derive(Deserialize, JsonSchema, Validate)]
struct Tree {
    #[garde(length(chars, min = 1))]
    name: String,
    #[serde(default)]
    #[garde(dive)]
    children: Vec<Self>,
}

async fn count(tree: Json<Tree>) -> String {
    tree.children.len().to_string()
}

#[tokio::test]
async fn a_rule_is_told_at_the_depth_at_which_it_is_broken() {
    let app = serve(Routes::new().post("/", count)).await;
    for depth in [1, 20, 60] {
        let open = r#"{"name":"a","children":["#.repeat(depth);
        let body = format!(r#"{open}{{"name":""}}{}"#, "]}".repeat(depth));
        let response = refused(&app, body).await;
        let pointer = format!("{}/name", "/children/0".repeat(depth));
        check_last(&response, (&pointer, "min_length", "must not be empty"));
    }
}

#[derive(Deserialize, JsonSchema, Validate)]
struct Stock {
    #[garde(dive)]
    #[serde(default)]
    shelves: HashMap<String, Shelf>,
}

#[derive(Deserialize, JsonSchema, Validate)]
struct Shelf {
    #[garde(skip)]
    #[serde(default)]
    counts: Vec<u8>,
    #[garde(inner(prefix("B-")))]
    #[serde(default)]
    codes: Vec<String>,
}

async fn stock(stock: Json<Stock>) -> String {
    let shelves = stock.shelves.values();
    shelves.map(|shelf| shelf.counts.len() + shelf.codes.len()).sum::<usize>().to_string()
}

#[tokio::test]
async fn a_name_of_the_client_is_not_repeated_without_end() {
    let app = serve(Routes::new().post("/", stock)).await;
    let shelf = |name: usize, what: &str, item: &str| {
        let items = vec![item; 200].join(",");
        format!(r#"{{"shelves":{{"{}":{{"{what}":[{items}]}}}}}}"#, "k".repeat(name))
    };
    let no_room = "has at least 101 faults, for which the list has no room";
    for (what, item) in [("counts", "-1"), ("codes", r#""C""#)] {
        let response = refused(&app, shelf(BODY, what, item)).await;
        check_last(&response, ("/shelves", "more_faults", no_room));
        let response = refused(&app, shelf(2_000, what, item)).await;
        let all = faults(&response);
        assert!((20..40).contains(&all.len()), "{}", all.len());
        let (pointer, code, message) = &all[all.len() - 1];
        assert_eq!(
            (pointer.len(), &**code),
            ("/shelves/".len() + 2_000 + 1 + what.len(), "more_faults")
        );
        assert_eq!(
            *message,
            format!("has at least {} more faults, for which the list has no room", 102 - all.len())
        );
        assert_eq!(
            response.json_value()["detail"],
            format!("the request has more faults than the {} that are listed", all.len() - 1)
        );
    }
}

#[derive(Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
struct Strict {
    first_name: Option<String>,
    last_name: Option<String>,
}

async fn strict(strict: Json<Strict>) -> String {
    format!("{:?} {:?}", strict.first_name, strict.last_name)
}

#[tokio::test]
async fn a_flood_of_unknown_members_is_one_short_list() {
    let app = serve(Routes::new().post("/", strict)).await;
    let mut body = String::from(r#"{"frist_name":0"#);
    for number in 0..75_000 {
        write!(body, r#","x{number}":0"#).unwrap();
    }
    body.push('}');
    let response = refused(&app, body).await;
    let all = faults(&response);
    assert_eq!(all.len(), 101);
    assert_eq!(all[0].2, "is not known here; the nearest known name is first_name");
    let more = "has at least 1 more fault, for which the list has no room";
    check_last(&response, ("", "more_faults", more));
}

#[derive(Deserialize, JsonSchema, Validate)]
#[garde(allow_unvalidated)]
struct Log {
    events: Vec<Event>,
    #[serde(default)]
    seen: BTreeSet<u32>,
    #[serde(default)]
    count: u32,
}

#[derive(Deserialize, JsonSchema)]
#[serde(tag = "t")]
#[expect(dead_code, reason = "only read by serde")]
enum Event {
    Opened { door: Option<u8> },
    Closed { door: Option<u8> },
}

async fn log(log: Json<Log>) -> String {
    format!("{} {} {}", log.events.len(), log.seen.len(), log.count)
}

#[tokio::test]
async fn one_fault_behind_a_large_beginning_is_told() {
    let app = serve(Routes::new().post("/", log)).await;
    let events = r#"{"t":"Opened"},"#.repeat(60_000);
    let response = refused(&app, format!(r#"{{"events":[{events}{{"t":"Opend"}}]}}"#)).await;
    let unknown = "unknown variant `Opend`, expected `Opened` or `Closed`";
    check_last(&response, ("/events/60000", "invalid", unknown));
    let few = r#"{"t":"Opened"},"#.repeat(1_000);
    let response = refused(&app, format!(r#"{{"events":[{few}{{"t":"Opend"}}]}}"#)).await;
    let choices = "must be one of: Opened, Closed; the nearest is Opened";
    check_last(&response, ("/events/1000/t", "enum", choices));
}

#[tokio::test]
async fn repeated_members_are_refused_however_numbers_are_written() {
    let app = serve(Routes::new().post("/", log)).await;
    for number in ["1", "1.0", "1e0"] {
        let body = format!(r#"{{"events":[],"count":{number},"count":2}}"#);
        let response = refused(&app, body).await;
        check_last(&response, ("", "invalid", "duplicate field `count`"));
        let body = format!(r#"{{"events":[],"seen":[2.0],"count":{number}}}"#);
        send(&app, body).await.assert_text("0 1 1");
    }
}

#[derive(Deserialize, JsonSchema, Validate)]
#[garde(allow_unvalidated)]
struct Tags {
    #[serde(default)]
    tag: Vec<String>,
}

async fn tags(tags: Form<Tags>) -> String {
    tags.tag.len().to_string()
}

async fn find(tags: Query<Tags>) -> String {
    tags.tag.len().to_string()
}

/// What is answered to so many fields of one name, and to so many of as many names.
async fn answers(app: &TestApp, number: usize) -> [String; 2] {
    let form = ("content-type", "application/x-www-form-urlencoded");
    let send = |body: String| app.post("/").header(form.0, form.1).body(body);
    let same = "tag=1&".repeat(number);
    let names: Vec<String> = (0..number).map(|number| number.to_string()).collect();
    [told(&send(same).await), told(&send(names.join("&")).await)]
}

#[tokio::test]
async fn a_form_has_a_limit_of_fields() {
    let app = serve(Routes::new().post("/", tags)).await;
    assert_eq!(answers(&app, 1_000).await, ["200 1000", "200 0"]);
    for number in [1_001, 150_000] {
        assert_eq!(answers(&app, number).await, ["413 too_many_parts"; 2]);
    }
    let limits = |parts| FormLimits::new().parts(parts);
    let routes = Routes::new().post("/", tags);
    let app = App::new("limits").form_limits(limits(2)).routes(routes.clone());
    let app = TestApp::start(app).await;
    assert_eq!(answers(&app, 2).await, ["200 2", "200 0"]);
    let response = app.post("/").form(&[("tag", "a"), ("tag", "b"), ("tag", "c")]).await;
    response.assert_problem(413, "too_many_parts");
    let problem = response.json_value();
    assert_eq!(problem["limit"], 2);
    assert_eq!(problem["detail"], "the form has more than the 2 fields this route takes");
    let app = App::new("limits").form_limits(limits(2)).routes(routes.form_limits(limits(30_000)));
    let app = TestApp::start(app).await;
    assert_eq!(answers(&app, 30_000).await, ["200 30000", "200 0"]);
    let codes = &app.openapi()["paths"]["/"]["post"]["responses"]["413"];
    assert!(codes.to_string().contains("too_many_parts"), "{codes}");
}

#[tokio::test]
async fn a_query_has_a_limit_of_parameters() {
    let app = serve(Routes::new().get("/", find)).await;
    let target = |number: usize| format!("/?{}", "tag=1&".repeat(number));
    app.get(target(1_000)).await.assert_text("1000");
    app.get(target(1_001)).await.assert_problem(422, "too_many_parameters");
    let codes = &app.openapi()["paths"]["/"]["get"]["responses"]["422"];
    assert!(codes.to_string().contains("too_many_parameters"), "{codes}");
    let routes = Routes::new().get("/", find);
    let app = App::new("limits").query_limit(2).routes(routes.clone());
    let app = TestApp::start(app).await;
    app.get(target(2)).await.assert_text("2");
    let response = app.get(target(3)).await;
    response.assert_problem(422, "too_many_parameters");
    assert_eq!(response.json_value()["limit"], 2);
    let app = App::new("limits").query_limit(2).routes(routes.query_limit(2_000));
    TestApp::start(app).await.get(target(2_000)).await.assert_text("2000");
}
