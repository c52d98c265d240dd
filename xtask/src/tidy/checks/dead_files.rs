//! Rust files that no target reaches, so that nothing compiles them.

use std::collections::BTreeSet;

use super::Finding;
use crate::repository::{Package, Workspace};

pub(crate) fn find(workspace: &Workspace<'_>) -> Vec<Finding> {
    workspace.packages.iter().flat_map(|package| of_package(workspace, package)).collect()
}

fn of_package(workspace: &Workspace<'_>, package: &Package) -> Vec<Finding> {
    let reached: BTreeSet<&str> =
        package.modules.iter().map(|module| module.file.as_str()).collect();
    let files =
        workspace.sources.keys().filter(|path| package.inside(path).is_some_and(is_compiled));
    let dead = files.filter(|path| !reached.contains(**path));
    dead.map(|path| Finding::new(*path, 1, "no `mod` line of any target reaches this file"))
        .collect()
}

/// Whether a file ought to belong to a target; compile-fail cases are compiled one by one.
fn is_compiled(path: &str) -> bool {
    let folders = ["benches/", "examples/", "src/", "tests/"];
    folders.iter().any(|folder| path.starts_with(folder)) && !path.starts_with("tests/ui/")
}

#[cfg(test)]
mod tests {
    use super::find;
    use crate::tidy::checks::fixture::check;

    #[test]
    fn files_outside_every_target_are_found() {
        check(
            find,
            &[
                ("examples/a/Cargo.toml", ""),
                ("examples/a/src/main.rs", "mod b; // mod c;"),
                ("examples/a/src/b.rs", ""),
                ("examples/a/src/c.rs", ""),
                ("examples/a/src/bin/d.rs", ""),
                ("examples/a/tests/it/main.rs", ""),
                ("examples/a/tests/it/e.rs", ""),
                ("examples/a/tests/ui/f/g.rs", ""),
                ("examples/a/template/src/main.rs", ""),
            ],
            &[
                "examples/a/src/c.rs:1: no `mod` line of any target reaches this file",
                "examples/a/tests/it/e.rs:1: no `mod` line of any target reaches this file",
            ],
        );
    }

    #[test]
    fn targets_may_be_spelled_out() {
        let manifest =
            "[package]\nautotests = false\n[[test]]\nname = \"a\"\npath = \"tests/a.rs\"\n";
        check(
            find,
            &[
                ("crates/p/Cargo.toml", manifest),
                ("crates/p/tests/a.rs", ""),
                ("crates/p/tests/b.rs", ""),
            ],
            &["crates/p/tests/b.rs:1: no `mod` line of any target reaches this file"],
        );
    }
}
