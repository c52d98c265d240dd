//! S-033, S-058, S-096, S-260: the built binary reports every mistake, exits with 1, and has touched
//! nothing.

#![allow(clippy::unwrap_used, reason = "a test may")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const BINARY: &str = env!("CARGO_BIN_EXE_example-mistakes");

/// A folder of its own, with the example's `purlin.toml`.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("purlin.toml");
    fs::copy(own, folder.join("purlin.toml")).unwrap();
    folder
}

/// What it says, and the files that are there afterwards.
fn run(name: &str, arguments: &[&str]) -> (Option<i32>, String, Vec<String>) {
    let folder = folder(name);
    let mut command = Command::new(BINARY);
    command.current_dir(&folder).env_remove("CARGO_MANIFEST_DIR").args(arguments);
    let output = command.output().unwrap();
    let files = fs::read_dir(&folder).unwrap();
    let files = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    (output.status.code(), String::from_utf8(output.stderr).unwrap(), files.collect())
}

#[test]
fn every_mistake_is_reported_and_nothing_is_touched() {
    for command in ["serve", "check", "routes"] {
        let (code, said, files) = run(command, &[command]);
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains("9 problems, not started"), "{said}");
        assert_eq!(files, ["purlin.toml"], "no database is made");
    }
}

#[test]
fn each_mistake_has_its_code_its_place_and_the_next_step() {
    let (_, said, _) = run("said", &[]);
    for code in ["P0102", "P0105", "P0107", "P0108", "P0201", "P0301", "P0302", "P0401"] {
        assert!(said.contains(code), "{code} is not in\n{said}");
    }
    assert!(said.contains("Payments → Mailer: not provided"), "{said}");
    assert!(said.contains("--> purlin.toml:2") && said.contains("--> purlin.toml:3"), "{said}");
    assert!(said.contains("the nearest known key is `shop.currency`"), "{said}");
    // That a value must be true or false is its own next step.
    let mistakes = said.split("\n\n").filter(|part| !part.contains("must be true or false"));
    for mistake in mistakes {
        assert!(mistake.contains("help: "), "{mistake}");
    }
}

/// S-058: two routes that answer the same requests are both named, each with its file and line.
#[test]
fn a_conflict_has_both_places() {
    let (_, said, _) = run("conflict", &["check"]);
    let conflict = said.split("\n\n").find(|part| part.contains("P0107")).unwrap_or(&said);
    let places: Vec<_> = conflict.lines().filter(|line| line.contains("--> ")).collect();
    assert_eq!(places.len(), 2, "{said}");
    assert_ne!(places[0], places[1], "{said}");
    for place in places {
        assert!(place.contains("examples/mistakes/src/main.rs:"), "{said}");
    }
}
