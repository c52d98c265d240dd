//! The configuration as it is shown: every key, and no secret.
//!
//! S-260.

use std::collections::BTreeMap;

use purlin_core::config::{ConfigFile, Configuration, Secret};
use purlin_core::{App, Mode};
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
