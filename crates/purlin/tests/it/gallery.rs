//! What the compiler says to somebody who makes a mistake, and that it says nothing to others.
//!
//! Each file of `tests/ui` is a program. The head of a program with a mistake says what is
//! expected: one error, its message, the tokens it points at, and the next step. Programs named
//! `ok_…` compile without a word.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use serde_json::Value;

#[test]
fn every_mistake_is_one_error_in_plain_words() {
    let cases = cases(&root().join("tests/ui"));
    let said = compile(&cases);
    let mut report = String::new();
    for case in &cases {
        let messages = said.get(&case.name).map(Vec::as_slice).unwrap_or_default();
        let faults = case.faults(messages);
        if faults.is_empty() {
            continue;
        }
        let _ = writeln!(report, "\n==== {}.rs ====", case.name);
        for fault in &faults {
            let _ = writeln!(report, "- {fault}");
        }
        for message in messages {
            let _ = write!(report, "\n{}", text(message, "rendered"));
        }
    }
    assert!(report.is_empty(), "{report}");
}

/// One program of the gallery, and what its head expects.
struct Case {
    name: String,
    path: PathBuf,
    source: String,
}

fn cases(folder: &Path) -> Vec<Case> {
    let files = fs::read_dir(folder).expect("the gallery is in the repository");
    let mut cases: Vec<Case> = files
        .map(|file| file.expect("a folder can be read to its end").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| Case {
            name: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            source: fs::read_to_string(&path).expect("a program is UTF-8"),
            path,
        })
        .collect();
    cases.sort_by(|one, other| one.name.cmp(&other.name));
    cases
}

impl Case {
    /// What is wrong about what the compiler said.
    fn faults(&self, messages: &[Value]) -> Vec<String> {
        if self.name.starts_with("ok_") {
            return messages.iter().map(|_| "no message is expected".to_owned()).collect();
        }
        let [message] = messages else {
            return vec![format!("one message is expected, these are {}", messages.len())];
        };
        let mut faults = Vec::new();
        if text(message, "level") != "error" {
            faults.push("an error is expected".to_owned());
        }
        let rendered = text(message, "rendered");
        for expected in self.expected("error") {
            if !text(message, "message").contains(expected) {
                faults.push(format!("the message is expected to say: {expected}"));
            }
        }
        for expected in self.expected("help") {
            if !rendered.contains(expected) {
                faults.push(format!("the next step is expected: {expected}"));
            }
        }
        let pointed = self.pointed_at(message);
        for expected in self.expected("at") {
            if pointed.as_deref() != Some(expected) {
                let pointed = pointed.as_deref().unwrap_or("something else");
                faults.push(format!("it is expected at `{expected}`, and is at `{pointed}`"));
            }
        }
        if self.expected("error").next().is_none() {
            faults.push("the head of the program expects nothing".to_owned());
        }
        faults
    }

    /// The lines of the head that begin with a word.
    fn expected(&self, word: &str) -> impl Iterator<Item = &str> {
        let head = self.source.lines().map_while(|line| line.strip_prefix("//!"));
        head.filter_map(move |line| line.trim().strip_prefix(word)?.strip_prefix(": "))
    }

    /// The tokens of this program that a message is about.
    fn pointed_at(&self, message: &Value) -> Option<String> {
        let mut primary =
            message["spans"].as_array()?.iter().filter(|span| span["is_primary"] == true);
        let (Some(mut span), None) = (primary.next(), primary.next()) else { return None };
        // What stands in another file was written out by a macro that was called in this one.
        while !self.path.ends_with(text(span, "file_name").trim_start_matches("../")) {
            span = span.pointer("/expansion/span")?;
        }
        let at = |name: &str| usize::try_from(span[name].as_u64()?).ok();
        self.source.get(at("byte_start")?..at("byte_end")?).map(str::to_owned)
    }
}

/// Compiles all programs at once, and returns what was said about each.
fn compile(cases: &[Case]) -> BTreeMap<String, Vec<Value>> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("ui-gallery");
    write_project(&folder, cases);
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["check", "--bins", "--offline", "--keep-going", "--message-format=json"])
        .arg("--target-dir")
        .arg(folder.join("target"))
        .current_dir(&folder)
        // What the run of this test was told about warnings is not about these programs.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env("CARGO_INCREMENTAL", "0")
        .output()
        .expect("the cargo that runs this test can be run");
    let mut said = BTreeMap::<String, Vec<Value>>::new();
    let mut finished = false;
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let Ok(mut line) = serde_json::from_str::<Value>(line) else { continue };
        finished |= line["reason"] == "build-finished";
        let message = line["message"].take();
        // The summary at the end has no place.
        let is_summary = message["spans"].as_array().is_none_or(Vec::is_empty)
            && ["aborting due to", "For more information"]
                .iter()
                .any(|start| text(&message, "message").starts_with(start));
        let counts = matches!(text(&message, "level"), "error" | "warning") && !is_summary;
        if line["reason"] == "compiler-message" && counts {
            said.entry(text(&line["target"], "name").to_owned()).or_default().push(message);
        }
    }
    let is_ours = said.keys().all(|name| cases.iter().any(|case| case.name == *name));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(finished && is_ours, "the gallery could not be compiled:\n{stderr}");
    said
}

/// A project of its own, with the versions of the workspace.
fn write_project(folder: &Path, cases: &[Case]) {
    let root = root();
    let workspace = root.join("../..");
    let versions = fs::read_to_string(workspace.join("Cargo.toml")).expect("a workspace");
    let mut manifest = String::from(
        "[package]\nname = \"ui-gallery\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n",
    );
    let _ = writeln!(manifest, "purlin = {{ path = \"{}\" }}", root.display());
    // These are the crates that an application lists beside `purlin`.
    let listed = ["garde = ", "schemars = ", "serde = ", "thiserror = "];
    let lines = versions.lines().filter(|line| listed.iter().any(|name| line.starts_with(name)));
    for line in lines {
        let _ = writeln!(manifest, "{line}");
    }
    for Case { name, path, .. } in cases {
        let path = path.display();
        let _ = write!(manifest, "\n[[bin]]\nname = \"{name}\"\npath = \"{path}\"\n");
    }
    fs::create_dir_all(folder).expect("the target directory can be written");
    fs::write(folder.join("Cargo.toml"), manifest).expect("the target directory can be written");
    fs::copy(workspace.join("Cargo.lock"), folder.join("Cargo.lock")).expect("a lock");
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}
