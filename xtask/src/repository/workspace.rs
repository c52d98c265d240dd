//! The members of the workspace and every Rust file, read once.

use std::collections::{BTreeMap, BTreeSet};

use super::files::{Files, has_extension};
use super::manifest::{Manifest, Mistake};
use super::module_tree::{Module, modules};
use crate::rust::Source;

/// A member of the workspace.
#[derive(Debug)]
pub(crate) struct Package {
    /// `crates/purlin-core`
    pub(crate) folder: String,
    pub(crate) manifest: Manifest,
    pub(crate) modules: Vec<Module>,
}

impl Package {
    pub(crate) fn manifest_path(&self) -> String {
        format!("{}/Cargo.toml", self.folder)
    }

    /// Whether it is one of the framework's own crates, not an example or a tool.
    pub(crate) fn is_framework(&self) -> bool {
        self.folder.starts_with("crates/")
    }

    /// The path inside the package of one of its files.
    pub(crate) fn inside<'p>(&self, path: &'p str) -> Option<&'p str> {
        path.strip_prefix(&self.folder)?.strip_prefix('/')
    }
}

#[derive(Debug)]
pub(crate) struct Workspace<'a> {
    pub(crate) files: &'a Files,
    pub(crate) packages: Vec<Package>,
    pub(crate) sources: BTreeMap<&'a str, Source<'a>>,
    /// Manifests that are no TOML.
    pub(crate) broken: Vec<(String, Mistake)>,
}

impl<'a> Workspace<'a> {
    pub(crate) fn read(files: &'a Files) -> Self {
        let rust = files.iter().filter(|(path, _)| has_extension(path, "rs"));
        let sources = rust.map(|(path, text)| (path, Source::read(text))).collect();
        let mut workspace = Self { files, packages: Vec::new(), sources, broken: Vec::new() };
        workspace.read_packages();
        workspace.mark_tests();
        workspace
    }

    /// The Rust files under `src/` of the framework's crates.
    pub(crate) fn library_sources(&self) -> impl Iterator<Item = (&'a str, &Source<'a>)> {
        let library = |path: &str| {
            let mut parts = path.split('/');
            parts.next() == Some("crates") && parts.nth(1) == Some("src")
        };
        self.sources
            .iter()
            .map(|(path, source)| (*path, source))
            .filter(move |(path, _)| library(path))
    }

    fn read_packages(&mut self) {
        let root = self.files.get("Cargo.toml").unwrap_or_default();
        let renames = Manifest::renames(root).unwrap_or_else(|mistake| {
            self.broken.push(("Cargo.toml".to_owned(), mistake));
            BTreeMap::new()
        });
        for (path, text) in self.files.iter() {
            let Some(folder) = path.strip_suffix("/Cargo.toml") else {
                continue;
            };
            if !is_member(folder) {
                continue;
            }
            match Manifest::read(text, &renames) {
                Ok(manifest) => self.packages.push(Package {
                    folder: folder.to_owned(),
                    modules: modules(self.files, folder, &manifest),
                    manifest,
                }),
                Err(mistake) => self.broken.push((path.to_owned(), mistake)),
            }
        }
    }

    /// Makes test code of files that only tests reach.
    ///
    /// A file that nothing reaches yet is judged by its name: `tests.rs`, or below `tests/`.
    fn mark_tests(&mut self) {
        let all = || self.packages.iter().flat_map(|package| &package.modules);
        let reached: BTreeSet<_> = all().map(|module| module.file.as_str()).collect();
        let live: BTreeSet<_> =
            all().filter(|module| !module.test).map(|module| module.file.as_str()).collect();
        for (path, source) in &mut self.sources {
            let named = path.split('/').any(|part| matches!(part, "tests" | "tests.rs"));
            if !live.contains(path) && (reached.contains(path) || named) {
                source.mark_test();
            }
        }
    }
}

/// The folders that the root manifest's `members` names.
fn is_member(folder: &str) -> bool {
    let parts: Vec<_> = folder.split('/').collect();
    matches!(parts[..], ["crates" | "examples", _] | ["xtask"])
}

#[cfg(test)]
mod tests {
    use super::{Files, Source, Workspace};

    #[test]
    fn files_reached_by_tests_alone_are_test_code() {
        let files = Files::of(&[
            ("crates/a/Cargo.toml", ""),
            (
                "crates/a/src/lib.rs",
                "#[cfg(test)] mod b; mod c; #[cfg(test)] #[path = \"c.rs\"] mod d;",
            ),
            ("crates/a/src/b.rs", "x"),
            ("crates/a/src/c.rs", "x"),
        ]);
        let workspace = Workspace::read(&files);
        assert_eq!(workspace.sources["crates/a/src/b.rs"].code_lines(), 0);
        assert_eq!(workspace.sources["crates/a/src/c.rs"].code_lines(), 1);
    }

    #[test]
    fn files_out_of_reach_are_judged_by_their_name() {
        let files = Files::of(&[
            ("crates/a/src/b/mod.rs", "x"),
            ("crates/a/src/b/tests.rs", "x"),
            ("crates/a/src/b/tests/c.rs", "x"),
        ]);
        let workspace = Workspace::read(&files);
        let lines: Vec<_> = workspace.sources.values().map(Source::code_lines).collect();
        assert_eq!(lines, [1, 0, 0]);
    }

    #[test]
    fn only_members_are_packages() {
        let files = Files::of(&[
            ("Cargo.toml", "[workspace"),
            ("benches/Cargo.toml", ""),
            ("crates/a/Cargo.toml", ""),
            ("crates/a/template/Cargo.toml", ""),
            ("xtask/Cargo.toml", "="),
        ]);
        let workspace = Workspace::read(&files);
        let folders: Vec<_> = workspace.packages.iter().map(|p| p.folder.as_str()).collect();
        let broken: Vec<_> = workspace.broken.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!((folders, broken), (vec!["crates/a"], vec!["Cargo.toml", "xtask/Cargo.toml"]));
    }
}
