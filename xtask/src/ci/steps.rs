//! The checks of `cargo xtask ci`, and how to run one.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs, io};

use crate::tidy;

/// The checks that cargo does: name, arguments, `RUSTDOCFLAGS`.
///
/// In a workspace as a whole, features are those of its most demanding member; crates that can be
/// had with fewer are checked alone, too.
const CARGO: [(&str, &str, Option<&str>); 6] = [
    ("fmt", "fmt --all --check", None),
    ("clippy", "clippy --workspace --all-targets -- -D warnings", None),
    ("clippy-fewer-features", "clippy -p purlin-data --all-targets -- -D warnings", None),
    ("test", "test --workspace", None),
    ("test-fewer-features", "test -p purlin -p purlin-data", None),
    ("doc", "doc --workspace --no-deps", Some("-D warnings")),
];

/// A check with a name.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) name: String,
    root: PathBuf,
    action: Action,
}

#[derive(Debug)]
enum Action {
    Cargo { arguments: &'static str, rustdoc_flags: Option<&'static str> },
    Script(PathBuf),
    Tidy,
}

/// The checks in order: format, tidy, the rest of cargo's, the scripts in `ci/`.
pub(crate) fn steps(root: &Path) -> Result<Vec<Step>, String> {
    let step = |name: &str, action| Step { name: name.to_owned(), root: root.to_owned(), action };
    let cargo = CARGO.map(|(name, arguments, rustdoc_flags)| {
        step(name, Action::Cargo { arguments, rustdoc_flags })
    });
    let mut steps = Vec::from(cargo);
    steps.insert(1, step("tidy", Action::Tidy));
    for script in scripts(&root.join("ci")).map_err(|error| format!("ci: {error}"))? {
        let name = script.file_name().unwrap_or_default().to_string_lossy();
        steps.push(step(&format!("ci/{name}"), Action::Script(script.clone())));
    }
    Ok(steps)
}

impl Step {
    /// What a person would type to run it alone.
    pub(crate) fn text(&self) -> String {
        match self.action {
            Action::Cargo { arguments, rustdoc_flags: Some(flags) } => {
                format!("RUSTDOCFLAGS=\"{flags}\" cargo {arguments}")
            }
            Action::Cargo { arguments, .. } => format!("cargo {arguments}"),
            Action::Script(_) => self.name.clone(),
            Action::Tidy => "cargo xtask tidy".to_owned(),
        }
    }

    /// Runs it; whether it passed.
    pub(crate) fn run(&self) -> Result<bool, String> {
        match &self.action {
            Action::Cargo { arguments, rustdoc_flags } => {
                let cargo = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
                let mut command = Command::new(cargo);
                command.args(arguments.split(' '));
                command.envs(rustdoc_flags.map(|flags| ("RUSTDOCFLAGS", flags)));
                self.succeeds(&mut command)
            }
            Action::Script(script) if is_executable(script)? => {
                self.succeeds(&mut Command::new(script))
            }
            Action::Script(_) => {
                let name = &self.name;
                Err(format!("`{name}` is not executable; run `chmod +x {name}`"))
            }
            Action::Tidy => tidy::run(),
        }
    }

    fn succeeds(&self, command: &mut Command) -> Result<bool, String> {
        let status = command.current_dir(&self.root).stdin(Stdio::null()).status();
        status.map(|status| status.success()).map_err(|error| format!("{}: {error}", self.text()))
    }
}

/// The scripts of a folder, by name; none if there is no such folder.
fn scripts(folder: &Path) -> io::Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut scripts = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "sh") {
            scripts.push(path);
        }
    }
    scripts.sort();
    Ok(scripts)
}

/// Whether a script may be run; a checkout without file modes loses that.
#[cfg(unix)]
fn is_executable(path: &Path) -> Result<bool, String> {
    use std::os::unix::fs::PermissionsExt;

    let metadata = fs::metadata(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(metadata.permissions().mode() & 0o111 != 0)
}

/// Where files have no such mode, running it tells.
#[cfg(not(unix))]
fn is_executable(_path: &Path) -> Result<bool, String> {
    Ok(true)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;

    use super::{Command, Step, steps};

    fn script(path: &Path, text: &str, mode: u32) {
        fs::write(path, text).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn scripts_come_last_in_name_order() {
        let root = std::env::temp_dir().join(format!("xtask-steps-{}", std::process::id()));
        let folder = root.join("ci");
        fs::create_dir_all(&folder).unwrap();
        script(&folder.join("b.sh"), "#!/bin/sh\nexit 3\n", 0o755);
        script(&folder.join("a.sh"), "#!/bin/sh\n[ -d ci ]\n", 0o755);
        script(&folder.join("c.sh"), "#!/bin/sh\nexit 0\n", 0o644);
        script(&folder.join("library.bash"), "", 0o644);
        script(&folder.join("notes.txt"), "", 0o755);
        let steps = steps(&root).unwrap();
        let names: Vec<_> = steps.iter().map(|step| step.name.as_str()).skip(7).collect();
        let outcomes: Vec<_> = steps.iter().skip(7).map(Step::run).collect();
        fs::remove_dir_all(&root).unwrap();
        assert_eq!(names, ["ci/a.sh", "ci/b.sh", "ci/c.sh"]);
        let help = "`ci/c.sh` is not executable; run `chmod +x ci/c.sh`";
        assert_eq!(outcomes, [Ok(true), Ok(false), Err(help.to_owned())]);
    }

    #[test]
    fn a_build_that_fails_leaves_nothing_to_check() {
        let root = std::env::temp_dir().join(format!("xtask-build-{}", std::process::id()));
        fs::create_dir_all(&root).unwrap();
        script(&root.join("cargo"), "#!/bin/sh\nexit 101\n", 0o755);
        let path = format!("{}:{}", root.display(), std::env::var("PATH").unwrap());
        let library = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ci/library.bash");
        let check = "set -euo pipefail; . \"$0\"; binary=$(built bookshelf); echo went on";
        let mut bash = Command::new("bash");
        let output = bash.arg("-c").arg(check).arg(library).env("PATH", path).output().unwrap();
        fs::remove_dir_all(&root).unwrap();
        assert_eq!(output.status.code(), Some(101));
        assert_eq!(String::from_utf8(output.stdout).unwrap(), "");
    }

    #[test]
    fn a_step_shows_what_to_type() {
        let steps = steps(Path::new("nowhere")).unwrap();
        let texts: Vec<_> = steps.iter().map(Step::text).collect();
        assert_eq!(texts[6], "RUSTDOCFLAGS=\"-D warnings\" cargo doc --workspace --no-deps");
    }
}
