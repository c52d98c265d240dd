//! What building costs: crates, CPU seconds, sizes.
//!
//! Each stack is a project in a folder of its own, with a target directory of its own. CPU seconds
//! are those of cargo and everything that it starts, so that other work on the machine is not among
//! them, although it makes them somewhat longer.

mod projects;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use self::projects::{Stack, stacks};
use crate::results::{Build, median};
use crate::server::{cargo, scratch};

/// How often a handler is changed.
const CHANGES: usize = 5;

/// Builds everything.
pub(crate) fn measure() -> Result<Vec<Build>, String> {
    let folder = scratch()?.join("builds");
    let mut builds = Vec::new();
    for stack in stacks() {
        println!("building hello world with {}", stack.name);
        let target = folder.join(format!("target-{}", stack.folder));
        let _ = fs::remove_dir_all(&target);
        builds.push(hello(&stack, &folder, &target)?);
        if let Some(many) = &stack.many {
            println!("building 200 handlers with {}", stack.name);
            let project = Project::write(&folder, "many", &stack, &many(0))?;
            project.cargo(&["build"], &target)?;
            let mut seconds = Vec::new();
            for change in 1..=CHANGES {
                project.change(&many(change))?;
                seconds.push(project.cargo(&["build"], &target)?);
            }
            builds.push(Build {
                name: format!("200 handlers, {}", stack.name),
                crates: project.crates()?,
                clean: None,
                changed: median(seconds),
                debug_size: Some(size(&target.join("debug/many"))?),
                release_size: None,
            });
        }
        let _ = fs::remove_dir_all(&target);
    }
    Ok(builds)
}

fn hello(stack: &Stack, folder: &Path, target: &Path) -> Result<Build, String> {
    let project = Project::write(folder, "hello", stack, stack.hello)?;
    project.cargo(&["fetch", "--quiet"], target)?;
    let clean = project.cargo(&["build"], target)?;
    let debug_size = size(&target.join("debug/hello"))?;
    project.cargo(&["build", "--release"], target)?;
    Ok(Build {
        name: format!("hello world, {}", stack.name),
        crates: project.crates()?,
        clean: Some(clean),
        changed: None,
        debug_size: Some(debug_size),
        release_size: Some(size(&target.join("release/hello"))?),
    })
}

fn size(path: &Path) -> Result<u64, String> {
    let metadata = fs::metadata(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(metadata.len())
}

struct Project {
    folder: PathBuf,
}

impl Project {
    fn write(folder: &Path, name: &str, stack: &Stack, source: &str) -> Result<Self, String> {
        let folder = folder.join(format!("{name}-{}", stack.folder));
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
             [dependencies]\n{}\n\n[workspace]\n\n[profile.release]\nstrip = true\n",
            stack.dependencies
        );
        let project = Self { folder };
        let source_folder = project.folder.join("src");
        let located = |error| format!("{}: {error}", source_folder.display());
        fs::create_dir_all(&source_folder).map_err(located)?;
        // It would hold the last run's commit.
        let _ = fs::remove_file(project.folder.join("Cargo.lock"));
        fs::write(project.folder.join("Cargo.toml"), manifest).map_err(located)?;
        project.change(source)?;
        Ok(project)
    }

    fn change(&self, source: &str) -> Result<(), String> {
        let path = self.folder.join("src/main.rs");
        fs::write(&path, source).map_err(|error| format!("{}: {error}", path.display()))
    }

    /// Runs cargo, and returns its CPU seconds.
    fn cargo(&self, arguments: &[&str], target: &Path) -> Result<f64, String> {
        let before = children_cpu()?;
        let mut command = cargo();
        command.args(arguments).current_dir(&self.folder).env("CARGO_TARGET_DIR", target);
        // An incremental build is what is measured, whatever is set around it.
        command
            .env_remove("CARGO_INCREMENTAL")
            .env_remove("RUSTFLAGS")
            .env("CARGO_TERM_QUIET", "true");
        let status = command.status().map_err(|error| format!("cargo: {error}"))?;
        if !status.success() {
            return Err(format!("{} cannot be built", self.folder.display()));
        }
        Ok(children_cpu()? - before)
    }

    /// The crates that are built into it, without itself.
    fn crates(&self) -> Result<usize, String> {
        let mut command = cargo();
        command.args(["tree", "--edges", "normal", "--prefix", "none", "--format", "{p}"]);
        let output = command.current_dir(&self.folder).output();
        let output = output.map_err(|error| format!("cargo tree: {error}"))?;
        let text = String::from_utf8_lossy(&output.stdout);
        let crates: BTreeSet<&str> =
            text.lines().map(|line| line.trim_end_matches(" (*)")).collect();
        Ok(crates.len().saturating_sub(1))
    }
}

/// proc(5), fields 16 and 17: the CPU time of the programs that this one has waited for, and of those
/// that they have waited for.
fn children_cpu() -> Result<f64, String> {
    let path = "/proc/self/stat";
    let text = fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    let seconds = text.rsplit_once(')').and_then(|(_, rest)| {
        let fields = rest.split_whitespace().skip(13).take(2);
        fields.map(|field| field.parse::<f64>().ok()).sum::<Option<f64>>()
    });
    seconds.map(|ticks| ticks / 100.0).ok_or_else(|| format!("{path} is not as proc(5) says"))
}
