//! Names that say nothing: a module is called by what it owns.

use std::collections::BTreeMap;

use super::Finding;
use crate::repository::{Workspace, folder_of, stem_of};
use crate::rust::declarations;

const BANNED: [&str; 10] =
    ["base", "common", "extra", "helper", "helpers", "inner", "manager", "misc", "util", "utils"];

pub(crate) fn find(workspace: &Workspace<'_>) -> Vec<Finding> {
    let mut findings = folders(workspace);
    for (path, source) in &workspace.sources {
        if BANNED.contains(&stem_of(path)) {
            findings.push(finding(path, 1, stem_of(path)));
        }
        let bodies = declarations(&source.tokens).into_iter().filter(|found| found.body.is_some());
        for found in bodies.filter(|found| BANNED.contains(&found.name)) {
            findings.push(finding(path, found.line, found.name));
        }
    }
    for package in &workspace.packages {
        let words = package.manifest.name.split('-');
        let banned = words.filter(|word| BANNED.contains(word));
        findings.extend(
            banned.map(|word| finding(&package.manifest_path(), package.manifest.line, word)),
        );
    }
    findings
}

/// Folders with Rust files, reported once, at their first file.
fn folders(workspace: &Workspace<'_>) -> Vec<Finding> {
    let mut first: BTreeMap<&str, &str> = BTreeMap::new();
    for path in workspace.sources.keys() {
        let mut folder = folder_of(path);
        while !folder.is_empty() {
            first.entry(folder).or_insert(path);
            folder = folder_of(folder);
        }
    }
    let named =
        first.iter().map(|(folder, path)| (path, folder.rsplit('/').next().unwrap_or(folder)));
    let banned = named.filter(|(_, name)| BANNED.contains(name));
    banned.map(|(path, name)| finding(path, 1, name)).collect()
}

fn finding(path: &str, line: usize, name: &str) -> Finding {
    Finding::new(path, line, format!("`{name}` says nothing: name it after what it owns"))
}

#[cfg(test)]
mod tests {
    use super::find;
    use crate::tidy::checks::fixture::check;

    #[test]
    fn files_folders_bodies_and_packages_count() {
        check(
            find,
            &[
                ("crates/purlin-util/Cargo.toml", "[package]\nname = \"purlin-util\""),
                ("crates/a/src/helpers.rs", ""),
                ("crates/a/src/lib.rs", "mod helpers;\nmod inner { }\nmod utility {}"),
                ("crates/a/tests/common/a.rs", ""),
                ("crates/a/tests/common/b.rs", ""),
            ],
            &[
                "crates/a/src/helpers.rs:1: `helpers` says nothing: name it after what it owns",
                "crates/a/src/lib.rs:2: `inner` says nothing: name it after what it owns",
                "crates/a/tests/common/a.rs:1: `common` says nothing: name it after what it owns",
                "crates/purlin-util/Cargo.toml:1: `util` says nothing: name it after what it owns",
            ],
        );
    }
}
