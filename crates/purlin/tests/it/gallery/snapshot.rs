//! Whole messages, as people see them: kept beside the programs, and compared by `.ci/run`.
//!
//! `PURLIN_MESSAGES=write` writes them anew, and `CI` compares. They are those of one compiler, the
//! one in `COMPILER`: another draws its messages in another way, and there the heads of the programs
//! say enough.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::{env, fs};

/// What is done with the messages.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Snapshots {
    Left,
    Written,
    Compared,
}

impl Snapshots {
    /// What the environment asks for.
    pub(super) fn asked_for(gallery: &Path) -> Self {
        let file = gallery.join("COMPILER");
        if env::var_os("PURLIN_MESSAGES").is_some_and(|value| value == "write") {
            fs::write(file, compiler()).expect("the gallery can be written");
            return Self::Written;
        }
        let is_ci = env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false");
        let of_this_compiler = fs::read_to_string(file).is_ok_and(|known| known == compiler());
        if is_ci && of_this_compiler { Self::Compared } else { Self::Left }
    }

    /// Writes what was said of a program, or tells the difference to what was said before.
    pub(super) fn handle(self, program: &Path, said: &str) -> Option<String> {
        let file = program.with_extension("stderr");
        match self {
            Self::Left => None,
            Self::Written if said.is_empty() => {
                let _ = fs::remove_file(file);
                None
            }
            Self::Written => {
                fs::write(file, said).expect("the gallery can be written");
                None
            }
            Self::Compared => {
                let before = fs::read_to_string(file).unwrap_or_default();
                (before != said).then(|| difference(&before, said))
            }
        }
    }
}

/// `rustc 1.95.0` and a line end.
fn compiler() -> String {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output().expect("the compiler can be run");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let words: Vec<&str> = text.split_whitespace().take(2).collect();
    words.join(" ") + "\n"
}

/// Messages without what differs from one machine, or one change of the framework, to the next: where
/// the repository and other crates lie, and the numbers of lines that are in no program of the gallery.
pub(super) fn normalized(messages: &[&str], workspace: &Path, programs: &str) -> String {
    let prefix = format!("{}/", workspace.display());
    let mut out = String::new();
    for message in messages {
        let mut is_foreign = false;
        for line in message.trim_end().lines() {
            let line = without_count(&line.replace(&prefix, ""));
            if let Some((arrow, place)) = split_arrow(&line) {
                is_foreign = !place.starts_with(programs);
                let place = if is_foreign { file_of(place) } else { place.to_owned() };
                let _ = writeln!(out, "   {arrow} {place}");
            } else if !line.contains("has been written to") && !line.contains("`--verbose`") {
                let _ = writeln!(out, "{}", with_even_margin(&line, is_foreign));
            }
        }
        out.push('\n');
    }
    out
}

/// How many more types implement a trait changes with each that is added: `and 17 others`.
fn without_count(line: &str) -> String {
    let text = line.trim_start();
    let is_count = text.starts_with("and ") && text.ends_with(" others");
    let indent = &line[..line.len() - text.len()];
    if is_count { format!("{indent}and others") } else { line.to_owned() }
}

/// `--> src/main.rs:1:2`
fn split_arrow(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_start();
    let arrow = ["-->", ":::"].into_iter().find(|arrow| line.starts_with(arrow))?;
    Some((arrow, line[arrow.len()..].trim()))
}

/// The file alone, from the crate it belongs to.
fn file_of(place: &str) -> String {
    let file = place.split(".rs:").next().unwrap_or(place).trim_end_matches(".rs");
    let file = match (file.split_once("/registry/src/"), file.split_once("/library/")) {
        (Some((_, inside)), _) => inside.split_once('/').map_or(inside, |(_index, file)| file),
        (None, Some((_, inside))) => inside,
        (None, None) => file,
    };
    format!("{file}.rs")
}

/// The margin holds the highest number of a line of the message, which may be of another file.
fn with_even_margin(line: &str, is_foreign: bool) -> String {
    let rest = line.trim_start();
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, rest) = rest.split_at(digits);
    let text = rest.trim_start();
    let is_margin =
        text == "|" || ["| ", "+ ", "- ", "~ "].iter().any(|mark| text.starts_with(mark));
    match number {
        "" if text.starts_with("= ") => format!("    {text}"),
        "" if text.starts_with('|') => format!("    {text}").trim_end().to_owned(),
        "" => line.to_owned(),
        _ if !is_margin => line.to_owned(),
        _ if is_foreign => format!("LL  {text}"),
        number => format!("{number:<3} {text}"),
    }
}

/// Both texts, with the lines that only one of them has marked.
fn difference(before: &str, now: &str) -> String {
    let mut out = String::from("the message has changed:\n");
    let (before, now): (Vec<_>, Vec<_>) = (before.lines().collect(), now.lines().collect());
    let mut rest = before.as_slice();
    for line in now {
        if let Some(at) = rest.iter().position(|other| *other == line) {
            for gone in &rest[..at] {
                push(&mut out, '-', gone);
            }
            push(&mut out, ' ', line);
            rest = &rest[at + 1..];
        } else {
            push(&mut out, '+', line);
        }
    }
    for gone in rest {
        push(&mut out, '-', gone);
    }
    out + "if that is what people shall read: PURLIN_MESSAGES=write cargo test -p purlin --test it gallery"
}

fn push(out: &mut String, mark: char, line: &str) {
    let _ = writeln!(out, "  {mark} {line}");
}
