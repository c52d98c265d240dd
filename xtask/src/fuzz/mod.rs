//! `cargo xtask fuzz`: builds the targets of `fuzz/` with what libFuzzer wants to see of them, and
//! runs each for a while.
//!
//! That needs a stable compiler and nothing else: the passes that count edges are in every rustc,
//! and libFuzzer comes with its crate. Sanitizers would need another toolchain, and find what only
//! `unsafe` code can do wrong.

mod options;
mod outcome;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, io};

use self::options::Options;
use self::outcome::{summary, told, wrong};
use crate::printer;
use crate::repository::root;

/// What cargo-fuzz hands to rustc as well: every edge has a counter, and comparisons are reported.
const INSTRUMENTS: &str = "-Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares \
    -Cllvm-args=-simplifycfg-branch-fold-threshold=0";

/// One input may take so many seconds; more is a finding.
const PATIENCE: u32 = 20;

/// Runs the targets that the arguments ask for; whether none of them found anything.
pub(crate) fn run(arguments: &[&str]) -> Result<bool, String> {
    let root = root()?;
    let options = Options::read(arguments, &targets(&root)?)?;
    let place = Place::new(root)?;
    place.build(&options.targets)?;
    let mut failed = Vec::new();
    for target in &options.targets {
        printer::status("Fuzzing", &format!("{target} for {}s", options.seconds));
        if !place.fuzz(target, options.seconds)? {
            failed.push(target.as_str());
        }
    }
    printer::talk(&summary(options.targets.len(), &failed));
    Ok(failed.is_empty())
}

/// The targets, by name: one file each.
fn targets(root: &Path) -> Result<Vec<String>, String> {
    let folder = root.join("fuzz/targets");
    let located = |error: io::Error| format!("{}: {error}", folder.display());
    let mut targets = Vec::new();
    for entry in fs::read_dir(&folder).map_err(located)? {
        let path = entry.map_err(located)?.path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            targets.extend(path.file_stem().map(|name| name.to_string_lossy().into_owned()));
        }
    }
    targets.sort();
    Ok(targets)
}

/// Where everything is.
struct Place {
    /// `fuzz/`.
    folder: PathBuf,
    /// What is built, and beside it what is found.
    built: PathBuf,
    /// What this machine's programs are built for. It is said to cargo so that build scripts and
    /// macros are not instrumented as well.
    triple: String,
}

impl Place {
    fn new(root: PathBuf) -> Result<Self, String> {
        let folder = root.join("fuzz");
        let built = match env::var_os("CARGO_TARGET_DIR") {
            Some(built) => {
                env::current_dir().map_err(|error| format!("here: {error}"))?.join(built)
            }
            None => folder.join("target"),
        };
        Ok(Self { folder, built, triple: triple()? })
    }

    fn build(&self, targets: &[String]) -> Result<(), String> {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
        let mut command = Command::new(cargo);
        command.args(["build", "--quiet", "--release", "--target", &self.triple]);
        command.args(targets.iter().flat_map(|target| ["--bin", target]));
        command.current_dir(&self.folder).env("CARGO_TARGET_DIR", &self.built);
        command.env("RUSTFLAGS", INSTRUMENTS).env_remove("CARGO_ENCODED_RUSTFLAGS");
        let status = command.status().map_err(|error| format!("cargo build: {error}"))?;
        if status.success() { Ok(()) } else { Err("the targets cannot be built".to_owned()) }
    }

    /// Runs one target; whether it found nothing. New inputs are kept beside the build, so that the
    /// next run goes on where this one stopped.
    fn fuzz(&self, target: &str, seconds: u32) -> Result<bool, String> {
        let kept = self.built.join("fuzz");
        let corpus = kept.join("corpus").join(target);
        let findings = kept.join("findings");
        for folder in [&corpus, &findings] {
            fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        }
        let binary = self.built.join(&self.triple).join("release").join(target);
        let mut command = Command::new(&binary);
        command.arg(&corpus).arg(self.folder.join("corpus").join(target));
        command.arg(format!("-artifact_prefix={}/{target}-", findings.display()));
        command.arg(format!("-max_total_time={seconds}"));
        command.arg(format!("-timeout={PATIENCE}"));
        command.arg("-print_final_stats=1");
        let words = self.folder.join("dictionaries").join(target);
        if words.is_file() {
            command.arg(format!("-dict={}", words.display()));
        }
        let output = command.stdin(Stdio::null()).output();
        let output = output.map_err(|error| format!("{}: {error}", binary.display()))?;
        let text = String::from_utf8_lossy(&output.stderr);
        if output.status.success() {
            printer::status("Passed", &format!("{target}: {}", told(&text)));
            return Ok(true);
        }
        printer::status("Failed", &format!("{target}: {}", told(&text)));
        printer::talk(&wrong(&text, &binary.display().to_string()));
        Ok(false)
    }
}

/// What rustc builds for when nothing is said.
fn triple() -> Result<String, String> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc"));
    let output = Command::new(rustc).arg("-vV").output();
    let output = output.map_err(|error| format!("rustc: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| "rustc does not say its host".to_owned())
}
