//! What axum says of the mistakes that can be made with it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::{env, fs};

use super::{programs, read, write};
use crate::printer;

const MANIFEST: &str = "\
[package]
name = \"axum-gallery\"
version = \"0.0.0\"
edition = \"2024\"

[workspace]

[dependencies]
axum = { version = \"*\", features = [\"macros\"] }
serde = { version = \"1\", features = [\"derive\"] }
";

/// Compiles the twins, and keeps what is said beside each of them.
pub(super) fn compile(root: &Path, twins: &Path) -> Result<(), String> {
    let project = Project::new(root)?;
    let programs = programs(twins)?;
    for program in &programs {
        let name = program.file_name().unwrap_or_default();
        let copy = project.folder.join("src/bin").join(name);
        fs::copy(program, &copy).map_err(|error| format!("{}: {error}", copy.display()))?;
    }
    for program in &programs {
        let name = program.file_stem().unwrap_or_default().to_string_lossy();
        printer::status("Compiling", &name);
        write(&program.with_extension("stderr"), &project.verdict(&name)?)?;
    }
    write(&twins.join("VERSIONS"), &project.versions()?)
}

/// A project that is no member of the workspace, so that this one never knows axum.
struct Project {
    folder: PathBuf,
}

impl Project {
    fn new(root: &Path) -> Result<Self, String> {
        let target =
            env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
        let folder = target.join("axum-gallery");
        let binaries = folder.join("src/bin");
        let _ = fs::remove_dir_all(&binaries);
        fs::create_dir_all(&binaries)
            .map_err(|error| format!("{}: {error}", binaries.display()))?;
        write(&folder.join("Cargo.toml"), MANIFEST)?;
        Ok(Self { folder })
    }

    /// What somebody who makes the mistake gets to know, and when.
    fn verdict(&self, name: &str) -> Result<String, String> {
        let checked = self.cargo("check", name)?;
        if !checked.status.success() {
            let errors = errors(&text(&checked.stderr));
            if errors.is_empty() {
                return Err(format!("axum/{name}.rs: {}", text(&checked.stderr)));
            }
            return Ok(errors);
        }
        let ran = self.cargo("run", name)?;
        if ran.status.success() {
            return Ok("It compiles, and the router is built without a word.\n".to_owned());
        }
        Ok(format!(
            "It compiles, and panics when the router is built:\n{}\n",
            panic(&text(&ran.stderr))
        ))
    }

    fn cargo(&self, command: &str, name: &str) -> Result<Output, String> {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut cargo = Command::new(cargo);
        cargo.args([command, "--quiet", "--color=never", "--bin", name]).arg("--target-dir");
        cargo.arg(self.folder.join("target")).current_dir(&self.folder).stdin(Stdio::null());
        cargo.env_remove("RUSTFLAGS").env("RUST_BACKTRACE", "0");
        cargo.output().map_err(|error| format!("cargo: {error}"))
    }

    /// `axum 0.8.9 and axum-macros 0.5.1`
    fn versions(&self) -> Result<String, String> {
        let lock = read(&self.folder.join("Cargo.lock"))?;
        let lock: toml::Table = lock.parse().map_err(|error| format!("Cargo.lock: {error}"))?;
        let packages = lock.get("package").and_then(toml::Value::as_array);
        let version = |name: &str| {
            let named = |package: &&toml::Value| {
                package.get("name").and_then(toml::Value::as_str) == Some(name)
            };
            let package = packages?.iter().find(named)?;
            Some(format!("{name} {}", package.get("version")?.as_str()?))
        };
        let known: Vec<String> = ["axum", "axum-macros"].into_iter().filter_map(version).collect();
        Ok(known.join(" and ") + "\n")
    }
}

/// The errors of a program, without warnings and summaries, and without places of this machine.
fn errors(said: &str) -> String {
    let is_summary = |block: &str| {
        ["error: could not compile", "error: aborting"].iter().any(|start| block.starts_with(start))
    };
    let blocks = said.split("\n\n").map(str::trim).filter(|block| block.starts_with("error"));
    let blocks: Vec<String> = blocks.filter(|block| !is_summary(block)).map(unplaced).collect();
    if blocks.is_empty() { String::new() } else { blocks.join("\n\n") + "\n" }
}

/// Names files from the crate they belong to.
fn unplaced(block: &str) -> String {
    let lines = block.lines().filter(|line| !line.contains("has been written to"));
    let lines =
        lines.map(|line| match line.split_once("--> ").or_else(|| line.split_once("::: ")) {
            Some((before, place)) => {
                let arrow = if line.contains("--> ") { "-->" } else { ":::" };
                let inside =
                    place.split_once("/registry/src/").and_then(|(_, rest)| rest.split_once('/'));
                let inside = inside.or_else(|| place.split_once("/lib/rustlib/src/rust/"));
                format!("{before}{arrow} {}", inside.map_or(place, |(_, file)| file))
            }
            None => line.to_owned(),
        });
    lines.collect::<Vec<_>>().join("\n")
}

/// The message of a panic alone.
fn panic(said: &str) -> String {
    let lines = said.lines().skip_while(|line| !line.contains("panicked at")).skip(1);
    let lines: Vec<&str> = lines.take_while(|line| !line.starts_with("note: run with")).collect();
    lines.join("\n")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::{errors, panic};

    #[test]
    fn what_is_kept_is_what_is_wrong() {
        let said = "warning: unused\n --> src/bin/a.rs:1:1\n\nerror[E0277]: no\n --> src/bin/a.rs:2:1\n  |\nnote: there\n --> /opt/cargo/registry/src/index-1/axum-0.8.9/src/lib.rs:3:4\n\nFor more information about this error, try x\nerror: could not compile `a`\n";
        let expected = "error[E0277]: no\n --> src/bin/a.rs:2:1\n  |\nnote: there\n --> axum-0.8.9/src/lib.rs:3:4\n";
        assert_eq!(errors(said), expected);
    }

    #[test]
    fn a_panic_is_its_message() {
        let said = "\nthread 'main' (7) panicked at src/bin/a.rs:1:1:\nPaths must start with a `/`\nnote: run with `RUST_BACKTRACE=1`\n";
        assert_eq!(panic(said), "Paths must start with a `/`");
    }
}
