//! SC-11, SC-12, S-110, S-111: the built server with and without `ENV=development`, and its log.

#![allow(clippy::unwrap_used, reason = "a test may")]

use std::fs;
use std::path::{Path, PathBuf};

use purlin_test::TestServer;
use serde_json::{Value, json};

/// A server in a folder of its own, with the example's own `purlin.toml`.
async fn server(test: &str, environment: Option<&str>) -> (TestServer, PathBuf) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("purlin.toml");
    fs::copy(own, folder.join("purlin.toml")).unwrap();

    let setup = TestServer::of(env!("CARGO_BIN_EXE_example-error-handlers")).folder(&folder);
    let setup = setup.without_env("CARGO_MANIFEST_DIR").without_env("ENV");
    let setup = match environment {
        Some(environment) => setup.env("ENV", environment),
        None => setup,
    };
    (setup.start().await, folder.join("app.log"))
}

/// What stands behind a text in the log, to the end of the log.
#[track_caller]
fn logged(log: &Path, text: &str) -> String {
    let all = fs::read_to_string(log).unwrap();
    let at = all.find(text).unwrap_or_else(|| panic!("`{text}` is not in\n{all}"));
    all[at + text.len()..].to_owned()
}

/// SC-11: nothing leaves, and everything is in `app.log`.
#[purlin_test::test]
async fn without_env_nothing_leaves_and_the_log_has_it_all() {
    let (server, log) = server("without-env", None).await;
    let nothing = json!({ "error": "Internal Server Error" });

    server.get("/api/orders").await.assert_status(500).assert_json(&nothing);
    let traceback = logged(&log, "Unhandled exception: connection to db.example lost\n");
    assert!(traceback.contains("example_error_handlers::orders"), "{traceback}");

    server.get("/api/panic").await.assert_status(500).assert_json(&nothing);
    let traceback = logged(&log, "out of beams\n");
    assert!(traceback.contains("example_error_handlers::panics"), "{traceback}");
}

/// SC-11: the same binary says what happened where `ENV=development`.
#[purlin_test::test]
async fn with_env_the_answer_says_what_happened() {
    let (server, log) = server("with-env", Some("development")).await;
    let answer: Value = server.get("/api/orders").await.assert_status(500).json();
    let members: Vec<_> = answer.as_object().unwrap().keys().collect();
    assert_eq!(members, ["error", "type", "traceback"]);
    assert_eq!(answer["error"], "connection to db.example lost");
    assert_eq!(answer["type"], "DatabaseError");
    let traceback = answer["traceback"].as_str().unwrap();
    assert!(traceback.contains("example_error_handlers::orders"), "{traceback}");
    logged(&log, "Unhandled exception: connection to db.example lost\n");
}

/// SC-11: another value of `ENV` is no development.
#[purlin_test::test]
async fn with_another_env_nothing_leaves() {
    let (server, _) = server("another-env", Some("production")).await;
    let nothing = json!({ "error": "Internal Server Error" });
    server.get("/api/orders").await.assert_status(500).assert_json(&nothing);
}

/// SC-12: the handler of the group writes its own line, and the other one none.
#[purlin_test::test]
async fn a_lost_database_has_its_own_line() {
    let (server, log) = server("database", Some("development")).await;
    server.get("/api/users").await.assert_status(503);
    logged(&log, "Database error: connection to db.example lost");
    let all = fs::read_to_string(&log).unwrap();
    assert!(!all.contains("Unhandled exception"), "{all}");
}
