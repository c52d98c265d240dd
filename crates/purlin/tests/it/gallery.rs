//! What the compiler says to somebody who makes a mistake, and that it says nothing to others.
//!
//! Each file of `tests/ui` is a program. The head of a program with a mistake says what is
//! expected: one error, its message, the tokens it points at, and the next step; or, behind
//! `several`, why the compiler has more than one. Programs named `ok_…` compile without a word.
//! The whole messages stand beside the programs, and `.ci/run` compares them as well.
//!
//! S-282.

mod snapshot;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use serde_json::Value;

use self::snapshot::Snapshots;

/// Where the programs are, in this crate and in the project that they are compiled in.
const PROGRAMS: &str = "tests/ui";

#[test]
fn every_mistake_is_one_error_in_plain_words() {
    let gallery = root().join(PROGRAMS);
    let cases = cases(&gallery);
    let snapshots = Snapshots::asked_for(&gallery);
    let mut report = String::new();
    // The compiler repeats itself more readily when it compiles incrementally, as it does in the
    // projects of users; what it says in a release build shall be no more.
    for incremental in ["1", "0"] {
        let said = compile(&cases, incremental);
        for case in &cases {
            let messages = said.get(&case.name).map(Vec::as_slice).unwrap_or_default();
            case.check(messages, &mut report);
            if incremental == "0" {
                case.check_whole(messages, snapshots, &mut report);
            }
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
    /// Adds what is wrong about what the compiler said to a report, with what it said.
    fn check(&self, messages: &[Value], report: &mut String) {
        let faults = self.faults(messages);
        if faults.is_empty() {
            return;
        }
        let _ = writeln!(report, "\n==== {}.rs ====", self.name);
        report.extend(faults.iter().flat_map(|fault| ["- ", fault, "\n"]));
        report.extend(messages.iter().flat_map(|message| ["\n", text(message, "rendered")]));
    }

    /// Adds to a report how the whole messages differ from those that are kept.
    fn check_whole(&self, messages: &[Value], snapshots: Snapshots, report: &mut String) {
        let rendered: Vec<&str> =
            messages.iter().map(|message| text(message, "rendered")).collect();
        let said = snapshot::normalized(&rendered, &workspace(), PROGRAMS);
        if let Some(difference) = snapshots.handle(&self.path, &said) {
            let _ = writeln!(report, "\n==== {}.stderr ====\n{difference}", self.name);
        }
    }

    /// What is wrong about what the compiler said.
    fn faults(&self, messages: &[Value]) -> Vec<String> {
        if self.name.starts_with("ok_") {
            return messages.iter().map(|_| "no message is expected".to_owned()).collect();
        }
        let may_be_several = self.expected("several").next().is_some();
        let (Some(message), true) = (messages.first(), may_be_several || messages.len() < 2) else {
            return vec![format!("one message is expected, these are {}", messages.len())];
        };
        let mut faults = Vec::new();
        if messages.iter().any(|message| text(message, "level") != "error") {
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
        let pointed: Vec<_> = messages.iter().filter_map(|said| self.pointed_at(said)).collect();
        for expected in self.expected("at") {
            if !pointed.iter().any(|pointed| pointed == expected) {
                faults.push(format!("it is expected at `{expected}`, and is at {pointed:?}"));
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
        let mut span = primary.next()?;
        if primary.any(|other| other["byte_start"] != span["byte_start"]) {
            return None;
        }
        // What stands in another file was written out by a macro that was called in this one.
        while !self.path.ends_with(text(span, "file_name").trim_start_matches("../")) {
            span = span.pointer("/expansion/span")?;
        }
        let at = |name: &str| usize::try_from(span[name].as_u64()?).ok();
        self.source.get(at("byte_start")?..at("byte_end")?).map(str::to_owned)
    }
}

/// Compiles all programs at once, and returns what was said about each.
fn compile(cases: &[Case], incremental: &str) -> BTreeMap<String, Vec<Value>> {
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
        .env("CARGO_INCREMENTAL", incremental)
        .output()
        .expect("the cargo that runs this test can be run");
    let mut said = BTreeMap::<String, Vec<Value>>::new();
    let mut is_broken = true;
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let Ok(mut line) = serde_json::from_str::<Value>(line) else { continue };
        match text(&line, "reason") {
            "compiler-message" => {
                let message = line["message"].take();
                let name = text(&line["target"], "name").to_owned();
                said.entry(name).or_default().push(message);
            }
            "build-finished" => is_broken = false,
            _ => {}
        }
    }
    let is_error = |message: &Value| text(message, "level") == "error";
    for (name, messages) in &mut said {
        messages.retain(says_something);
        let is_ours = cases.iter().any(|case| case.name == *name);
        is_broken |= !is_ours && messages.iter().any(is_error);
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(!is_broken, "the gallery could not be compiled:\n{stderr}");
    said
}

/// Whether a message is about something, and not the summary at the end.
fn says_something(message: &Value) -> bool {
    let is_placed = message["spans"].as_array().is_some_and(|spans| !spans.is_empty());
    let is_summary = ["aborting due to", "For more information"]
        .iter()
        .any(|start| text(message, "message").starts_with(start));
    matches!(text(message, "level"), "error" | "warning") && (is_placed || !is_summary)
}

/// A project of its own, with the versions of the workspace.
///
/// The programs are copied into it. The compiler shortens names by their length, and that of a
/// closure holds its file: compiled where they are, the messages would change with the folder that
/// the repository is in.
fn write_project(folder: &Path, cases: &[Case]) {
    let root = root();
    let workspace = workspace();
    let versions = fs::read_to_string(workspace.join("Cargo.toml")).expect("a workspace");
    let mut manifest = String::from(
        "[package]\nname = \"ui-gallery\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n",
    );
    let _ = writeln!(manifest, "purlin = {{ path = {} }}", quoted(&root));
    let _ =
        writeln!(manifest, "purlin-test = {{ path = {} }}", quoted(&root.join("../purlin-test")));
    // These are the crates that an application lists beside `purlin`.
    let listed = ["garde = ", "schemars = ", "serde = ", "thiserror = "];
    let lines = versions.lines().filter(|line| listed.iter().any(|name| line.starts_with(name)));
    manifest.extend(lines.flat_map(|line| [line, "\n"]));
    let programs = folder.join(PROGRAMS);
    fs::create_dir_all(&programs).expect("the target directory can be written");
    for Case { name, source, .. } in cases {
        let file = format!("{PROGRAMS}/{name}.rs");
        let _ = write!(manifest, "\n[[bin]]\nname = {name:?}\npath = {file:?}\n");
        fs::write(folder.join(file), source).expect("the target directory can be written");
    }
    fs::write(folder.join("Cargo.toml"), manifest).expect("the target directory can be written");
    fs::copy(workspace.join("Cargo.lock"), folder.join("Cargo.lock")).expect("a lock");
}

/// A path as a literal string of TOML, in which nothing is escaped.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.display())
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn workspace() -> PathBuf {
    root().join("../..").canonicalize().expect("the crate is in a workspace")
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}
