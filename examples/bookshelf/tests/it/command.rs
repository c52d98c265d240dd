//! What the program says of itself: `routes`.
//!
//! S-253.

use std::process::{Command, Output};

/// Runs the program, without a database.
fn run(arguments: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_bookshelf");
    let program = Command::new(program).args(arguments).env("PURLIN_MODE", "dev").output();
    program.expect("the program can be run")
}

fn said(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("what is said is UTF-8")
}

/// A line without the width of its columns.
fn squeezed(text: &str) -> Vec<String> {
    text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// S-253
#[test]
fn routes_lists_what_a_request_passes_on_its_way() {
    let output = run(&["routes"]);
    let lines = squeezed(&said(&output.stdout));
    for line in [
        "GET /api/books books_handlers_index bookshelf::books::handlers::index security headers",
        "POST /api/books create bookshelf::books::handlers::create security headers → Librarian",
        "GET /api/me me bookshelf::readers::handlers::me security headers → SignedIn",
        "GET /home.css - bookshelf::home::stylesheet security headers",
    ] {
        assert!(lines.iter().any(|known| known == line), "`{line}` is missing in\n{lines:#?}");
    }
}

#[test]
fn routes_that_are_built_in_are_listed_last_and_if_asked_for() {
    let output = run(&["routes"]);
    assert!(!said(&output.stdout).contains("/healthz"));
    assert_eq!(said(&output.stderr), "5 more are built in; `routes --all` lists them\n");
    let output = run(&["routes", "--all"]);
    let lines = squeezed(&said(&output.stdout));
    let is_builtin = |line: &&String| line.contains("built in");
    assert_eq!(lines.iter().rev().take_while(is_builtin).count(), 5);
    assert_eq!(lines.iter().filter(is_builtin).count(), 5);
    assert_eq!(said(&output.stderr), "");
}

#[test]
fn routes_are_told_to_programs_as_json() {
    let routes = |arguments: &[&str]| {
        let output = run(arguments);
        assert_eq!(said(&output.stderr), "");
        let routes: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        routes.as_array().unwrap().clone()
    };
    let own = routes(&["routes", "--json"]);
    let me = own.iter().find(|route| route["pattern"] == "/api/me").unwrap();
    assert_eq!(me["guards"], serde_json::json!(["SignedIn"]));
    assert_eq!(me["operation_id"], "me");
    assert!(own.iter().all(|route| route["builtin"] == false));
    assert_eq!(routes(&["routes", "--json", "--all"]).len(), own.len() + 5);
}

#[test]
fn routes_names_a_flag_that_it_does_not_know() {
    let output = run(&["routes", "--al"]);
    assert_eq!(output.status.code(), Some(2));
    let expected = "error: `routes` does not know `--al`; it takes `--all` and `--json`\n";
    assert_eq!(said(&output.stderr), expected);
}
