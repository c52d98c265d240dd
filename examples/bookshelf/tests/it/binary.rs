//! S-032, S-033, S-034, S-091, S-092, S-253, S-260: the built binary, in a folder of its own.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::thread;

use purlin_test::{ServerSetup, TestServer};
use serde_json::{Value, json};

const BINARY: &str = env!("CARGO_BIN_EXE_bookshelf");

const DATABASE: &str = "bookshelf.sqlite";

/// A folder of its own for each test, in which the binary runs as it does for users.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn with(self, file: &str, text: &str) -> Self {
        fs::write(self.0.join(file), text).unwrap();
        self
    }

    fn has(&self, file: &str) -> bool {
        self.0.join(file).exists()
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.0.join(file)).unwrap()
    }

    /// Runs the binary to its end. The example's own `purlin.toml` is out of its sight.
    fn run<const N: usize>(&self, arguments: [&str; N]) -> Ran {
        self.run_with([], arguments)
    }

    fn run_with<const M: usize, const N: usize>(
        &self,
        environment: [(&str, &str); M],
        arguments: [&str; N],
    ) -> Ran {
        let mut command = Command::new(BINARY);
        command.current_dir(&self.0).env_remove("CARGO_MANIFEST_DIR").envs(environment);
        Ran::of(&command.args(arguments).output().unwrap())
    }

    fn server(&self) -> ServerSetup {
        TestServer::of(BINARY).folder(&self.0).without_env("CARGO_MANIFEST_DIR")
    }
}

/// What a run came to.
struct Ran {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Ran {
    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Self { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
    }

    #[track_caller]
    fn code(self, expected: i32) -> Self {
        assert_eq!(self.code, Some(expected), "out:\n{}\nerr:\n{}", self.out, self.err);
        self
    }

    #[track_caller]
    fn says(self, expected: &str) -> Self {
        assert!(self.err.contains(expected), "`{expected}` is not in\n{}", self.err);
        self
    }
}

#[test]
fn check_finds_nothing_and_opens_nothing() {
    let folder = Folder::new("check");
    folder.run(["check"]).code(0).says("bookshelf: ").says("no problem");
    assert!(!folder.has(DATABASE));
}

/// S-033, S-260: each mistake with its place, and nothing is touched.
#[test]
fn a_broken_configuration_is_reported_and_nothing_is_opened() {
    let toml = "[lending]\ndays = \"many\"\n\n[database]\nreader = 2\n";
    for command in ["check", "serve", "migrate"] {
        let folder = Folder::new(&format!("broken-{command}")).with("purlin.toml", toml);
        let ran = folder.run([command, "--port", "0"]).code(1);
        let ran = ran.says("P0401").says("purlin.toml:2").says("purlin.toml:5");
        ran.says("`database.readers`").says("`lending.days`");
        assert!(!folder.has(DATABASE));
    }
}

/// S-253: the list and the document tell of the same operations.
#[test]
fn routes_lists_the_operations_of_the_document() {
    let folder = Folder::new("routes");
    let document: Value = serde_json::from_str(&folder.run(["openapi"]).code(0).out).unwrap();
    let mut documented = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        let methods = methods.as_object().unwrap().keys();
        documented.extend(methods.map(|method| format!("{} {path}", method.to_uppercase())));
    }
    let words = |line: &str| line.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
    let listed: BTreeSet<_> = folder.run(["routes"]).code(0).out.lines().map(words).collect();
    let api = |all: &BTreeSet<String>| -> Vec<String> {
        all.iter().filter(|line| line.contains(" /api/")).cloned().collect()
    };
    assert!(api(&documented).contains(&"POST /api/books/{id}/loans".to_owned()));
    assert_eq!(api(&listed), api(&documented));
    assert!(listed.is_superset(&documented), "{listed:?}");

    let json: Value = serde_json::from_str(&folder.run(["routes", "--json"]).code(0).out).unwrap();
    let rows = json.as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let rows: BTreeSet<_> =
        rows.map(|row| format!("{} {}", text(&row["method"]), text(&row["pattern"]))).collect();
    assert_eq!(rows, listed);
}

/// S-092: one document, however it is asked for.
#[purlin_test::test]
async fn openapi_writes_what_the_endpoint_answers() {
    let folder = Folder::new("openapi");
    let printed: Value = serde_json::from_str(&folder.run(["openapi"]).code(0).out).unwrap();
    folder.run(["openapi", "--out", "api.json"]).code(0);
    let written: Value = serde_json::from_str(&folder.read("api.json")).unwrap();
    assert!(!folder.has(DATABASE));
    assert_eq!(written, printed);
    let server = folder.server().start().await;
    server.get("/openapi.json").await.assert_ok().assert_json(&written);
}

/// The value of a key, and where it comes from.
#[track_caller]
fn shown(ran: &Ran, key: &str) -> String {
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let rows = ran.out.lines().map(words).find(|words| words.first().is_some_and(|w| w == key));
    rows.unwrap_or_else(|| panic!("`{key}` is not in\n{}", ran.out))[1..].join(" ")
}

/// S-260: from weak to strong, and each value says where it comes from.
#[test]
fn config_show_says_where_each_value_comes_from() {
    let toml = "[lending]\ndays = 14\nmost_at_once = 3\n\n[prod.lending]\ndays = 7\n";
    let folder = Folder::new("config").with("purlin.toml", toml);
    let ran = folder.run(["config", "show"]).code(0);
    assert_eq!(shown(&ran, "lending.days"), "14 purlin.toml:2");
    assert_eq!(shown(&ran, "database.readers"), "4 default");

    let strong = [("PURLIN__LENDING__DAYS", "30"), ("PURLIN_MODE", "prod")];
    let ran = folder.run_with([strong[1]], ["config", "show"]).code(0);
    assert_eq!(shown(&ran, "lending.days"), "7 purlin.toml:6");
    let ran = folder.run_with(strong, ["config", "show"]).code(0);
    assert_eq!(shown(&ran, "lending.days"), "30 environment variable PURLIN__LENDING__DAYS");
    let ran = folder.run_with(strong, ["config", "show", "--set", "lending.days=60"]).code(0);
    assert_eq!(shown(&ran, "lending.days"), "60 --set");
    assert_eq!(shown(&ran, "lending.most_at_once"), "3 purlin.toml:3");
}

/// S-260
#[test]
fn dotenv_is_read_in_development_only() {
    let folder = Folder::new("dotenv").with(".env", "PURLIN__LENDING__DAYS=5\n");
    assert_eq!(shown(&folder.run(["config", "show"]).code(0), "lending.days"), "5 .env:1");
    for mode in ["prod", "test"] {
        let ran = folder.run(["--mode", mode, "config", "show"]).code(0);
        assert_eq!(shown(&ran, "lending.days"), "21 default");
    }
}

/// S-260: the file that is named goes before the one that is there.
#[test]
fn another_file_can_be_named() {
    let folder = Folder::new("named").with("purlin.toml", "[lending]\ndays = 1\n");
    let folder = folder.with("other.toml", "[lending]\ndays = 2\n");
    let named = [("PURLIN_CONFIG", "other.toml")];
    let ran = folder.run_with(named, ["config", "show"]).code(0);
    assert_eq!(shown(&ran, "lending.days"), "2 other.toml:2");
    let ran = folder.run_with(named, ["config", "show", "--config", "purlin.toml"]).code(0);
    assert_eq!(shown(&ran, "lending.days"), "1 purlin.toml:2");
    let absent = folder.run_with([("PURLIN_CONFIG", "absent.toml")], ["check"]).code(1);
    absent.says("`PURLIN_CONFIG`").says("absent.toml");
}

#[test]
fn explain_prints_the_page_of_a_code() {
    let folder = Folder::new("explain");
    let page = folder.run(["explain", "P0301"]).code(0).out;
    assert!(page.starts_with("# P0301: a service is not provided"), "{page}");
    // It works for an application that is broken.
    let broken = Folder::new("explain-broken").with("purlin.toml", "[lending]\ndays = \"many\"\n");
    assert_eq!(broken.run(["explain", "p0301"]).code(0).out, page);
    folder.run(["explain", "P9999"]).code(2).says("P9999");
    folder.run(["explain"]).code(2).says("explain P0107");
}

#[test]
fn a_mistyped_command_line_is_refused_with_the_next_step() {
    let folder = Folder::new("mistyped");
    folder.run(["migrat"]).code(2).says("`migrat`").says("`migrate` exists");
    folder.run(["--prot", "1"]).code(2).says("`--port` exists");
    folder.run(["config"]).code(2).says("`show`");
    folder.run_with([("PURLIN_MODE", "live")], ["check"]).code(1).says("PURLIN_MODE").says("live");
    assert!(!folder.has(DATABASE));
}

#[test]
fn help_lists_the_commands_of_modules_too() {
    let folder = Folder::new("help");
    let help = folder.run(["--help"]).code(0).out;
    for word in ["serve", "check", "routes", "openapi", "explain", "migrate", "seed", "--port"] {
        assert!(help.contains(word), "`{word}` is not in\n{help}");
    }
    let version = folder.run(["--version"]).code(0).out;
    assert!(version.starts_with(concat!("bookshelf ", env!("CARGO_PKG_VERSION"))), "{version}");
}

/// The line of the banner that begins with a word.
#[track_caller]
fn banner(server: &TestServer, word: &str) -> Option<String> {
    let said = server.said();
    let line = said.lines().map(str::trim).find(|line| line.starts_with(word))?;
    Some(line[word.len()..].trim().to_owned())
}

/// The banner in development: address, docs, mode.
#[purlin_test::test]
async fn the_banner_of_development_leads_to_the_docs() {
    let server = Folder::new("banner-dev").server().start().await;
    let version = format!("{} dev", env!("CARGO_PKG_VERSION"));
    assert_eq!(banner(&server, "bookshelf").as_deref(), Some(version.as_str()));
    let origin = format!("http://{}", server.address());
    assert_eq!(banner(&server, "listening"), Some(origin.clone()));
    assert_eq!(banner(&server, "docs"), Some(format!("{origin}/docs")));
    server.get("/docs").await.assert_ok();
}

/// S-091: in production a pending migration stops the start, and there are no docs.
#[purlin_test::test]
async fn production_has_no_docs_and_migrates_by_hand() {
    let folder = Folder::new("banner-prod");
    let prod = [("PURLIN_MODE", "prod")];
    folder.run_with(prod, ["serve", "--port", "0"]).code(1).says("migrate");
    folder.run_with(prod, ["migrate"]).code(0);

    let server = folder.server().env("PURLIN_MODE", "prod").start().await;
    let version = format!("{} prod", env!("CARGO_PKG_VERSION"));
    assert_eq!(banner(&server, "bookshelf").as_deref(), Some(version.as_str()));
    assert_eq!(banner(&server, "docs"), None);
    server.get("/docs").await.assert_status(404);
    server.get("/openapi.json").await.assert_status(404);
    server.get("/api/books").await.assert_ok();
}

/// Nobody gets in with a token that stands in the source, unless it was asked for.
#[purlin_test::test]
async fn production_has_no_readers_unless_it_is_seeded() {
    let folder = Folder::new("readers-prod");
    let prod = [("PURLIN_MODE", "prod")];
    folder.run_with(prod, ["migrate"]).code(0);
    let server = folder.server().env("PURLIN_MODE", "prod").start().await;
    server.get("/api/books/1").await.assert_ok();
    for token in ["reader-ada", "reader-bruno", "librarian-clara"] {
        server.get("/api/me").bearer(token).await.assert_status(401);
    }
    let remove = server.delete("/api/books/1").bearer("librarian-clara").await;
    remove.assert_status(401);

    folder.run_with(prod, ["seed"]).code(0);
    server.get("/api/me").bearer("librarian-clara").await.assert_ok();
}

/// S-033: a start that fails ends the process.
#[test]
fn a_start_that_fails_ends_with_1() {
    let folder = Folder::new("start-fails");
    fs::create_dir(folder.0.join(DATABASE)).unwrap();
    let ran = folder.run(["--port", "0"]).code(1).says("error: ").says(DATABASE);
    assert!(!ran.err.contains("listening"), "{}", ran.err);
}

/// S-034: one clear line.
#[test]
fn a_port_that_is_taken_is_named() {
    let folder = Folder::new("port");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let port = address.port().to_string();
    let ran = folder.run(["--port", &port]).code(1);
    let next_step = "another server runs there, or set `server.port`";
    let line = format!("error: cannot listen on {address}: the address is in use; {next_step}\n");
    assert_eq!(ran.err, line);
    assert!(!folder.has(DATABASE), "the port comes first");
}

/// A request that is under way: its head is read, and its body is asked for.
fn under_way(address: SocketAddr, body: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    let head = format!(
        "POST /api/books HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Authorization: Bearer librarian-clara\r\nExpect: 100-continue\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut go_on = [0; 25];
    stream.read_exact(&mut go_on).unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream
}

/// S-032: it is answered, everything is closed, and the exit is a success.
#[purlin_test::test]
async fn a_termination_waits_for_the_request_under_way() {
    let folder = Folder::new("terminate");
    let server = folder.server().start().await;
    let address = server.address();
    let body = json!({
        "title": "Sanditon", "author": "Jane Austen", "year": 1925, "language": "en",
        "pages": 250, "copies": 1, "tags": [],
    })
    .to_string();
    let mut stream = under_way(address, &body);
    let client = thread::spawn(move || {
        // Once nobody listens, the server is stopping.
        while TcpStream::connect(address).is_ok() {
            thread::yield_now();
        }
        stream.write_all(body.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    });
    let exit = server.terminate().await;
    let answer = client.join().unwrap();
    assert!(answer.starts_with("HTTP/1.1 201 Created\r\n"), "{answer}");
    assert!(exit.success(), "{exit}");
    // The last connection that is closed takes these with it.
    assert!(folder.has(DATABASE) && !folder.has("bookshelf.sqlite-wal"));

    let server = folder.server().start().await;
    server.get("/api/books?q=Sanditon").await.assert_text_contains("Sanditon");
}
