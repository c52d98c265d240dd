use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::*;

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(default)]
struct Server {
    host: String,
    #[schemars(range(min = 1))]
    port: u16,
    threads: Option<u8>,
    hosts: Vec<String>,
    body_limit: Size,
    timeout: Period,
    tls: Option<Tls>,
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct Tls {
    certificate: String,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            host: "127.0.0.1".to_owned(),
            port: 3000,
            threads: None,
            hosts: Vec::new(),
            body_limit: Size::mib(1),
            timeout: Period::seconds(30),
            tls: None,
        }
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[expect(dead_code, reason = "only read")]
struct Database {
    url: String,
    pool_size: u8,
    password: Option<Secret>,
    #[serde(default)]
    labels: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[expect(dead_code, reason = "only read")]
struct Keys {
    first: Secret<u8>,
    second: Secret<std::net::IpAddr>,
}

const FILE: &str = "\
[server]
port = 4000
hosts = ['a.example']

[prod.server]
port = 80

[test.server]
port = 1
";

fn of_file(mode: Mode, text: &str) -> Configuration {
    Configuration::new(mode).file(ConfigFile::parse("purlin.toml", text).unwrap())
}

fn variable(name: &str, text: &str) -> [(String, String); 1] {
    [(name.to_owned(), text.to_owned())]
}

fn port(configuration: &Configuration) -> (u16, String) {
    let server: Server = configuration.section("server").unwrap();
    let origin = configuration.origin("server.port").unwrap_or(&Origin::Default);
    (server.port, origin.to_string())
}

/// The mistakes of a section, each with its help behind an arrow.
#[track_caller]
fn check_mistakes<T: fmt::Debug>(read: Result<T, Vec<ConfigMistake>>, expected: &[&str]) {
    assert_eq!(told(&read.unwrap_err()), expected);
}

fn told(mistakes: &[ConfigMistake]) -> Vec<String> {
    let help = |mistake: &ConfigMistake| mistake.help.as_ref().map(|help| format!(" -> {help}"));
    let line = |mistake| format!("{mistake}{}", help(mistake).unwrap_or_default());
    mistakes.iter().map(line).collect()
}

#[test]
fn nothing_set_is_all_default() {
    let configuration = Configuration::new(Mode::Dev);
    assert_eq!(configuration.section::<Server>("server"), Ok(Server::default()));
}

#[test]
fn the_stronger_layer_wins_in_whatever_order_they_come() {
    let file = || ConfigFile::parse("purlin.toml", FILE).unwrap();
    let env_file = EnvFile::parse(".env", "\nPURLIN__SERVER__PORT=5000").unwrap();
    let environment = || variable("PURLIN__SERVER__PORT", "9000");

    let dev = Configuration::new(Mode::Dev).file(file());
    assert_eq!(port(&dev), (4000, "purlin.toml:2".to_owned()));
    let prod = Configuration::new(Mode::Prod).file(file());
    assert_eq!(port(&prod), (80, "purlin.toml:6".to_owned()));
    let server: Server = prod.section("server").unwrap();
    assert_eq!(server.hosts, ["a.example"], "a mode's table says only what differs");

    let prod = prod.env_file(&env_file);
    assert_eq!(port(&prod), (5000, ".env:2".to_owned()));
    let prod = prod.environment(environment());
    let of_variable = "environment variable PURLIN__SERVER__PORT".to_owned();
    assert_eq!(port(&prod), (9000, of_variable.clone()));
    let prod = prod.flag("--port", "server.port", "9001");
    assert_eq!(port(&prod), (9001, "--port".to_owned()));
    let prod = prod.set("server.port", 9002);
    assert_eq!(port(&prod), (9002, "set by the program".to_owned()));

    let reverse = Configuration::new(Mode::Prod)
        .environment(environment())
        .file(file())
        .defaults("server", json!({"port": 1}));
    assert_eq!(port(&reverse), (9000, of_variable));
    assert_eq!(reverse.mistakes(), []);
}

#[test]
fn a_wrong_value_names_its_key_and_its_place() {
    let configuration = of_file(Mode::Dev, "[server]\nport = 'http'\n");
    check_mistakes(
        configuration.section::<Server>("server"),
        &["`server.port` must be a whole number, not text (purlin.toml:2)"],
    );
    let configuration = configuration.environment(variable("PURLIN__SERVER__PORT", "http"));
    check_mistakes(
        configuration.section::<Server>("server"),
        &[
            "`server.port` must be a whole number, not text (environment variable PURLIN__SERVER__PORT)",
        ],
    );
}

#[test]
fn all_mistakes_of_a_section_come_at_once() {
    let text = "\
[server]
host = 1
prot = 80
hosts = ['a', 2]
body_limit = '1M'
timeout = 30
workers = 4
[server.tls]
cert = 'a.pem'
";
    check_mistakes(
        of_file(Mode::Dev, text).flag("--port", "server.port", "0").section::<Server>("server"),
        &[
            "`server.body_limit` must be a size like 1MiB, 500kB or 1048576 (purlin.toml:5) -> for example `1MiB`",
            "`server.host` must be text, not a number (purlin.toml:2)",
            "`server.hosts[1]` must be text, not a number (purlin.toml:4)",
            "`server.port` must be at least 1 (--port)",
            "`server.prot` is not a known key (purlin.toml:3) -> the nearest known key is `server.port`",
            "`server.timeout` must be a duration with its unit, like 30s, 10m or 1h30m (purlin.toml:6) -> for example `30s`",
            "`server.tls.cert` is not a known key (purlin.toml:9) -> known keys are `certificate`",
            "`server.tls.certificate` is required (purlin.toml:8) -> set `certificate` under `[server.tls]` in purlin.toml, or the variable `PURLIN__SERVER__TLS__CERTIFICATE`",
            "`server.workers` is not a known key (purlin.toml:7) -> known keys are `body_limit`, `host`, `hosts`, `port`, `threads`, `timeout`, `tls`",
        ],
    );
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq)]
struct Lamp {
    on: bool,
    #[serde(default)]
    rows: Vec<bool>,
}

#[test]
fn what_is_no_truth_says_how_to_write_one() {
    let configuration = of_file(Mode::Dev, "[lamp]\non = 1\n");
    check_mistakes(
        configuration.section::<Lamp>("lamp"),
        &[
            "`lamp.on` must be true or false, not a number (purlin.toml:2) -> write `on = true` or `on = false`",
        ],
    );
    let rows = of_file(Mode::Dev, "[lamp]\non = true\nrows = [true, 0]\n");
    check_mistakes(
        rows.section::<Lamp>("lamp"),
        &[
            "`lamp.rows[1]` must be true or false, not a number (purlin.toml:3) -> give `true` or `false`",
        ],
    );
    check_mistakes(
        configuration.environment(variable("PURLIN__LAMP__ON", "yes")).section::<Lamp>("lamp"),
        &[
            "`lamp.on` must be true or false, not text (environment variable PURLIN__LAMP__ON) -> set `PURLIN__LAMP__ON` to `true` or `false`",
        ],
    );
}

#[test]
fn what_is_missing_says_how_to_set_it() {
    check_mistakes(
        Configuration::new(Mode::Dev).section::<Database>("database"),
        &[
            "`database.pool-size` is required -> set `pool-size` under `[database]` in purlin.toml, or the variable `PURLIN__DATABASE__POOL_SIZE`",
            "`database.url` is required -> set `url` under `[database]` in purlin.toml, or the variable `PURLIN__DATABASE__URL`",
        ],
    );
}

#[test]
fn variables_become_what_the_type_asks_for() {
    let variables = [
        ("PURLIN__SERVER__HOSTS", "a.example, b.example"),
        ("PURLIN__SERVER__THREADS", ""),
        ("PURLIN__SERVER__BODY_LIMIT", "64KiB"),
        ("PURLIN__SERVER__TLS__CERTIFICATE", "5"),
        ("PURLIN_MODE", "prod"),
        ("PATH", "/bin"),
    ];
    let variables = variables.map(|(name, text)| (name.to_owned(), text.to_owned()));
    let configuration = Configuration::new(Mode::Dev).environment(variables);
    let server: Server = configuration.section("server").unwrap();
    assert_eq!(server.hosts, ["a.example", "b.example"]);
    assert_eq!(server.threads, None);
    assert_eq!(server.body_limit, Size::kib(64));
    assert_eq!(server.tls, Some(Tls { certificate: "5".to_owned() }));
}

#[test]
fn a_variable_finds_the_key_behind_its_capitals() {
    let configuration = of_file(Mode::Dev, "[database]\nurl = 'sqlite:a'\npool-size = 1\n")
        .environment(variable("PURLIN__DATABASE__POOL_SIZE", "9"));
    let database: Database = configuration.section("database").unwrap();
    assert_eq!(database.pool_size, 9);
    let misspelt = of_file(Mode::Dev, "[database]\nurl = 'sqlite:a'\npool_size = 1\n");
    check_mistakes(
        misspelt.section::<Database>("database"),
        &[
            "`database.pool-size` is required (purlin.toml:1) -> set `pool-size` under `[database]` in purlin.toml, or the variable `PURLIN__DATABASE__POOL_SIZE`",
            "`database.pool_size` is not a known key (purlin.toml:3) -> the nearest known key is `database.pool-size`",
        ],
    );
}

#[test]
fn a_section_that_is_no_table_says_so() {
    check_mistakes(
        of_file(Mode::Dev, "server = 5").section::<Server>("server"),
        &["`server` must be a table, not a number (purlin.toml:1)"],
    );
}

#[test]
fn a_section_nobody_asked_for_is_a_mistake_in_every_mode() {
    let text = "[sever]\nport = 1\n[prod.databse]\nurl = ''\n[dev.log]\nlevel = 'debug'\n";
    let configuration =
        of_file(Mode::Dev, text).environment(variable("PURLIN__MAIL__FROM", "a@b.example"));
    assert_eq!(
        told(&configuration.unknown_sections(&["server", "database", "log"])),
        [
            "`mail` is not a known key (environment variable PURLIN__MAIL__FROM) -> known keys are `server`, `database`, `log`",
            "`sever` is not a known key (purlin.toml:1) -> the nearest known key is `server`",
            "`prod.databse` is not a known key (purlin.toml:3) -> the nearest known key is `prod.database`",
        ],
    );
}

#[test]
fn layers_that_disagree_about_a_table_are_told() {
    let configuration = of_file(Mode::Dev, "server = 5")
        .environment(variable("PURLIN__SERVER__PORT", "1"))
        .environment(variable("PURLIN__SERVER____PORT", "1"));
    assert_eq!(
        told(configuration.mistakes()),
        [
            "`server` is one value here, and a table with keys of its own in environment variable PURLIN__SERVER__PORT (purlin.toml:1)",
            "`PURLIN__SERVER____PORT` has an empty part in its name (environment variable PURLIN__SERVER____PORT) -> two underscores stand between the parts: `PURLIN__SERVER__PORT`",
        ],
    );
}

#[test]
fn every_key_is_shown_with_its_value_and_origin() {
    let text = "\
[server]
port = 80
hosts = ['a', 'b']
[database]
url = 'postgres://app:hunter2@db/blog'
password = 'hunter2'
labels.zone = 'x'
";
    let configuration =
        of_file(Mode::Dev, text).environment(variable("PURLIN__DATABASE__POOL_SIZE", "4"));
    let server = schemars::schema_for!(Server).to_value();
    let database = schemars::schema_for!(Database).to_value();
    let defaults = serde_json::to_value(Server::default()).unwrap();
    let rows = configuration
        .explain(&[("server", &server, &defaults), ("database", &database, &Value::Null)]);
    let lines: Vec<String> = rows
        .iter()
        .map(|Row { key, value, origin }| format!("{key} = {value} ({origin})"))
        .collect();
    assert_eq!(
        lines,
        [
            "database.labels.zone = x (purlin.toml:7)",
            "database.password = [secret] (purlin.toml:6)",
            "database.pool-size = 4 (environment variable PURLIN__DATABASE__POOL_SIZE)",
            "database.url = postgres://app:[secret]@db/blog (purlin.toml:5)",
            "server.body_limit = 1MiB (default)",
            "server.host = 127.0.0.1 (default)",
            "server.hosts = [\"a\",\"b\"] (purlin.toml:3)",
            "server.port = 80 (purlin.toml:2)",
            "server.threads =  (default)",
            "server.timeout = 30s (default)",
            "server.tls =  (default)",
        ],
    );
}

#[test]
fn no_secret_is_printed() {
    let secret = "hunter2";
    let text =
        format!("[database]\npassword = '{secret}'\nurl = '{secret}'\npool-size = '{secret}'");
    let file = ConfigFile::parse("purlin.toml", &text).unwrap();
    let printed = format!("{file:?}");
    let configuration = Configuration::new(Mode::Dev)
        .file(file)
        .environment(variable("PURLIN__DATABASE__PASSWORD", secret));
    let mistakes = configuration.section::<Database>("database").unwrap_err();
    let printed = format!("{printed} {configuration:?} {mistakes:?}");
    assert!(!printed.contains(secret), "{printed}");

    let configuration =
        of_file(Mode::Dev, &format!("[keys]\nfirst = '{secret}'\nsecond = '{secret}'"));
    let mistakes = format!("{:?}", configuration.section::<Keys>("keys").unwrap_err());
    assert!(!mistakes.contains(secret), "{mistakes}");
}
