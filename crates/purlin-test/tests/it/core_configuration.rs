//! The configuration as it is shown: every key, and no secret. And what it says of requests.
//!
//! S-260.

use std::collections::BTreeMap;

use purlin_core::config::{ConfigFile, Configuration, Secret};
use purlin_core::{App, Config, Mode, Query, Routes, Text, Unchecked};
use purlin_test::TestApp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Debug, Default, Deserialize, JsonSchema, Serialize)]
#[serde(default)]
struct Account {
    name: String,
    password: Secret,
}

#[derive(Debug, Default, Deserialize, JsonSchema, Serialize)]
struct Login {
    user: String,
    pass: String,
}

#[derive(Debug, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "lowercase")]
enum Store {
    Disk { path: String },
    Cloud { key: Secret },
}

#[derive(Debug, Default, Deserialize, JsonSchema, Serialize)]
#[serde(default)]
struct Section {
    accounts: Vec<Account>,
    by_name: BTreeMap<String, Account>,
    grid: Vec<Vec<Account>>,
    pair: Option<(String, Secret)>,
    smtp: Secret<Login>,
    spare: Option<Secret<Login>>,
    keys: BTreeMap<String, Secret>,
    tokens: Vec<Secret>,
    all: Secret<Vec<String>>,
    stores: Vec<Store>,
    hosts: Vec<String>,
    none: Vec<Account>,
}

const FILE: &str = r#"
[s]
accounts = [{ name = "anna", password = "hunter1" }, { name = "ben", password = "hunter2" }]
grid = [[{ name = "carl", password = "hunter3" }]]
pair = ["dora", "hunter4"]
smtp = { user = "hunter5", pass = "hunter6" }
spare = { user = "hunter7", pass = "hunter8" }
keys = { main = "hunter9" }
tokens = ["hunter10"]
all = ["hunter11"]
stores = [{ disk = { path = "/srv" } }, { cloud = { key = "hunter12" } }]
hosts = ["a", "b"]

[s.by_name.emil]
name = "emil"
password = "hunter13"
"#;

fn shown(configuration: Configuration) -> Vec<String> {
    let app = App::new("test").config::<Section>("s").configuration(configuration);
    let rows = app.assemble().unwrap().explain_configuration().into_iter();
    rows.map(|row| format!("{} = {}", row.key, row.value)).collect()
}

#[test]
fn no_secret_is_shown_however_deep_it_lies() {
    let file = ConfigFile::parse("purlin.toml", FILE).unwrap();
    let rows = shown(Configuration::new(Mode::Test).file(file));
    let all = rows.join("\n");
    assert!(!all.contains("hunter"), "{all}");
    for expected in [
        "s.accounts[0].name = anna",
        "s.accounts[0].password = [secret]",
        "s.accounts[1].name = ben",
        "s.accounts[1].password = [secret]",
        "s.grid[0][0].name = carl",
        "s.grid[0][0].password = [secret]",
        "s.pair = [secret]",
        "s.smtp = [secret]",
        "s.spare = [secret]",
        "s.keys.main = [secret]",
        "s.tokens = [secret]",
        "s.all = [secret]",
        "s.stores[0].disk.path = /srv",
        "s.stores[1].cloud.key = [secret]",
        "s.by_name.emil.name = emil",
        "s.by_name.emil.password = [secret]",
        "s.hosts = [\"a\",\"b\"]",
        "s.none = []",
    ] {
        assert!(rows.iter().any(|row| row == expected), "{expected} is not in\n{all}");
    }
}

#[test]
fn secrets_of_variables_and_of_the_program_are_not_shown_either() {
    let variables = [
        ("PURLIN__S__SMTP__PASS".to_owned(), "hunter1".to_owned()),
        ("PURLIN__S__SMTP__USER".to_owned(), "hunter2".to_owned()),
        ("PURLIN__S__TOKENS".to_owned(), "hunter3,hunter4".to_owned()),
    ];
    let accounts = serde_json::json!([{ "name": "anna", "password": "hunter5" }]);
    let rows =
        shown(Configuration::new(Mode::Test).environment(variables).set("s.accounts", accounts));
    let all = rows.join("\n");
    assert!(!all.contains("hunter"), "{all}");
    assert!(all.contains("s.accounts[0].name = anna"), "{all}");
}

async fn read(body: Text, _: Query<Unchecked<BTreeMap<String, String>>>) -> String {
    body.0.len().to_string()
}

const LIMITS: &str = "
requests.body_limit = '3B'
requests.query_limit = 1
requests.timeout = '1ms'
";

fn limited(text: &str) -> Configuration {
    Configuration::new(Mode::Test).file(ConfigFile::parse("purlin.toml", text).unwrap())
}

#[tokio::test]
async fn what_requests_may_take_is_configured() {
    let routes = || {
        Routes::new()
            .post("/", read)
            .get("/slow", async || std::future::pending::<String>().await)
            .merge(Routes::new().post("/large", read).body_limit(4).query_limit(2))
    };
    let app = App::new("test").routes(routes());
    let app = TestApp::of(app).configuration(limited(LIMITS)).start().await;
    app.post("/?a=1").text("abc").await.assert_text("3");
    app.post("/").text("abcd").await.assert_problem(413, "body_too_large");
    app.post("/?a=1&b=2").text("abc").await.assert_problem(422, "too_many_parameters");
    app.get("/slow").await.assert_problem(503, "request_timeout");
    // What the code says goes before what the configuration says: for a group, or for all.
    app.post("/large?a=1&b=2").text("abcd").await.assert_text("4");
    let app = App::new("test").body_limit(4).routes(routes());
    let app = TestApp::of(app).configuration(limited(LIMITS)).start().await;
    app.post("/").text("abcd").await.assert_text("4");
    app.post("/").text("abcde").await.assert_problem(413, "body_too_large");
}

#[test]
fn what_requests_may_take_is_shown_and_refused_where_it_is_wrong() {
    let rows = shown(Configuration::new(Mode::Test).set("requests.query_limit", 7)).join("\n");
    let requests = "requests.body_limit = 1MiB\nrequests.query_limit = 7\nrequests.timeout = 30s";
    assert!(rows.contains(requests), "{rows}");
    assert!(rows.contains("development.expose = false"), "{rows}");
    let wrong = "[requests]\nbody_limit = 'much'\nquery_limt = 3\n";
    let none = "[requests]\ntimeout = '0s'";
    let short = "[security]\nhsts_preload = true\nhsts_max_age = '30d'";
    for (text, expected) in [
        (wrong, "error[P0401]: `requests.body_limit` must be a size like 1MiB"),
        (wrong, "error[P0401]: `requests.query_limt` is not a known key\n  --> purlin.toml:3"),
        (none, "error[P0401]: `requests.timeout` must be longer than nothing\n  --> purlin.toml:2"),
        (short, "error[P0401]: `security.hsts_preload` needs `hsts`, `hsts_subdomains`, and a"),
    ] {
        let app = App::new("test").configuration(limited(text));
        let report = app.assemble().unwrap_err().to_string();
        assert!(report.contains(expected), "{report}");
    }
}

/// One would refuse the keys of the other.
#[tokio::test]
async fn a_section_that_is_declared_as_two_types_is_refused() {
    let report = |app: App| app.assemble().unwrap_err().to_string();
    for name in ["requests", "development", "security"] {
        let said = report(App::new("a").config::<Account>(name));
        let expected = format!("error[P0404]: the section `{name}` is the framework's");
        assert!(said.contains(&expected) && said.contains("core_configuration.rs:"), "{said}");
        assert!(said.contains("1 problem") && said.contains("= help: give the section"), "{said}");
    }
    let set = Configuration::new(Mode::Test).set("one.name", "x");
    let app = || App::new("a").configuration(set.clone()).config::<Account>("one");
    let taken = Routes::new().get("/", async |_: Config<Plain>| "");
    let said = report(app().config::<Plain>("one").routes(taken));
    assert!(
        said.contains("error[P0404]: the section `one` is declared as `Account` and as `Plain`"),
        "{said}"
    );
    assert!(said.contains("1 problem"), "{said}");
    let assembled = app().config::<Account>("one").assemble().unwrap();
    let rows = assembled.explain_configuration();
    assert_eq!(rows.iter().filter(|row| row.key == "one.name").count(), 1, "it is one section");
}

#[derive(Debug, Default, Deserialize, JsonSchema, Serialize)]
struct Plain {}
