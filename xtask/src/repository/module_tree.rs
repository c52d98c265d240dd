//! Which files a package's targets reach through `mod`.

use std::collections::BTreeSet;

use super::files::{Files, folder_of};
use super::manifest::Manifest;
use crate::rust::{Declaration, Source, declarations};

/// A file that a target reaches, and as which module.
#[derive(Clone, Debug)]
pub(crate) struct Module {
    pub(crate) file: String,
    /// The target's root file.
    pub(crate) root: String,
    /// The names from the crate's root; empty for the root itself.
    pub(crate) path: Vec<String>,
    /// Whether only test builds contain it.
    pub(crate) test: bool,
    /// Where its modules lie.
    folder: String,
}

/// Follows `mod` lines from every target of the package in `folder`.
pub(crate) fn modules(files: &Files, folder: &str, manifest: &Manifest) -> Vec<Module> {
    let mut found = Vec::new();
    for root in roots(files, folder, manifest) {
        let test = is_test_target(&root[folder.len()..]);
        let start = Module {
            file: root.clone(),
            folder: folder_of(&root).to_owned(),
            root,
            path: Vec::new(),
            test,
        };
        found.extend(reach(files, start));
    }
    found
}

fn reach(files: &Files, start: Module) -> Vec<Module> {
    let mut seen = BTreeSet::from([(start.file.clone(), start.test)]);
    let mut found = vec![start];
    let mut next = 0;
    while let Some(module) = found.get(next).cloned() {
        next += 1;
        let source = Source::read(files.get(&module.file).unwrap_or_default());
        for declaration in declarations(&source.tokens) {
            let Some(child) = child(files, &module, &declaration) else {
                continue;
            };
            if seen.insert((child.file.clone(), child.test)) {
                found.push(child);
            }
        }
    }
    found
}

/// The module that a declaration without a body brings in, if its file exists.
fn child(files: &Files, parent: &Module, declaration: &Declaration<'_>) -> Option<Module> {
    if declaration.body.is_some() {
        return None;
    }
    let mut folder = parent.folder.clone();
    for name in &declaration.parents {
        folder = format!("{folder}/{name}");
    }
    let name = declaration.name;
    let (file, folder) = if let Some(path) = declaration.path {
        let from = if declaration.parents.is_empty() { folder_of(&parent.file) } else { &folder };
        let file = resolve(&format!("{from}/{path}"));
        (file.clone(), folder_of(&file).to_owned())
    } else {
        let flat = format!("{folder}/{name}.rs");
        let nested = format!("{folder}/{name}/mod.rs");
        let file = if files.get(&flat).is_some() { flat } else { nested };
        (file, format!("{folder}/{name}"))
    };
    files.get(&file)?;
    let names = declaration.parents.iter().chain([&name]).map(|name| (*name).to_owned());
    Some(Module {
        file,
        root: parent.root.clone(),
        path: parent.path.iter().cloned().chain(names).collect(),
        test: parent.test || declaration.test,
        folder,
    })
}

/// Takes `..` and `.` out of a path.
fn resolve(path: &str) -> String {
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The root files of the targets, found as cargo finds them.
fn roots(files: &Files, folder: &str, manifest: &Manifest) -> Vec<String> {
    let inside = files.iter().filter_map(|(path, _)| path.strip_prefix(folder)?.strip_prefix('/'));
    let found = inside.filter(|path| is_target_root(path, &manifest.manual)).map(str::to_owned);
    let named = manifest.targets.iter().map(|path| resolve(path));
    let roots: BTreeSet<_> = found.chain(named).map(|path| format!("{folder}/{path}")).collect();
    roots.into_iter().filter(|path| files.get(path).is_some()).collect()
}

fn is_target_root(path: &str, manual: &[String]) -> bool {
    if matches!(path, "build.rs" | "src/lib.rs" | "src/main.rs") {
        return true;
    }
    let folders = [
        ("benches/", "autobenches"),
        ("examples/", "autoexamples"),
        ("src/bin/", "autobins"),
        ("tests/", "autotests"),
    ];
    folders.iter().any(|(folder, switch)| {
        let Some(name) = path.strip_prefix(folder) else {
            return false;
        };
        let is_root = match name.split_once('/') {
            None => name.strip_suffix(".rs").is_some(),
            Some((_, file)) => file == "main.rs",
        };
        is_root && !manual.iter().any(|off| off == switch)
    })
}

fn is_test_target(path: &str) -> bool {
    path.starts_with("/tests/") || path.starts_with("/benches/")
}

#[cfg(test)]
mod tests {
    use super::{Manifest, modules};
    use crate::repository::Files;

    fn check(files: &[(&str, &str)], expected: &[&str]) {
        let found = modules(&Files::of(files), "p", &Manifest::default());
        let found: Vec<_> = found
            .iter()
            .map(|m| {
                format!("{} {}{}", m.file, m.path.join("::"), if m.test { " test" } else { "" })
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn modules_lie_beside_or_below() {
        check(
            &[
                ("p/src/lib.rs", "mod a; mod b; mod gone;"),
                ("p/src/a.rs", "mod c;"),
                ("p/src/a/c.rs", ""),
                ("p/src/b/mod.rs", "mod d;"),
                ("p/src/b/d.rs", ""),
            ],
            &[
                "p/src/lib.rs ",
                "p/src/a.rs a",
                "p/src/b/mod.rs b",
                "p/src/a/c.rs a::c",
                "p/src/b/d.rs b::d",
            ],
        );
    }

    #[test]
    fn bodies_and_path_attributes_move_the_folder() {
        check(
            &[
                ("p/src/lib.rs", "mod a { mod b; } #[path = \"./x/../c_off.rs\"] mod c;"),
                ("p/src/a/b.rs", ""),
                ("p/src/c_off.rs", ""),
            ],
            &["p/src/lib.rs ", "p/src/a/b.rs a::b", "p/src/c_off.rs c"],
        );
    }

    #[test]
    fn test_targets_and_test_modules_are_marked() {
        check(
            &[
                ("p/src/lib.rs", "#[cfg(test)] mod tests;"),
                ("p/src/tests.rs", "mod inputs;"),
                ("p/src/tests/inputs.rs", ""),
                ("p/tests/it/main.rs", "mod home;"),
                ("p/tests/it/home.rs", ""),
            ],
            &[
                "p/src/lib.rs ",
                "p/src/tests.rs tests test",
                "p/src/tests/inputs.rs tests::inputs test",
                "p/tests/it/main.rs  test",
                "p/tests/it/home.rs home test",
            ],
        );
    }

    #[test]
    fn a_module_that_declares_itself_ends() {
        check(&[("p/src/lib.rs", "#[path = \"lib.rs\"] mod a;")], &["p/src/lib.rs "]);
    }
}
