//! Which top-level module of a crate imports which.
//!
//! `crate::Name` counts as an import of the module that `lib.rs` takes `Name` from.
//! `lib.rs` itself, tests and `__private` are left out.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::repository::{Package, Workspace};
use crate::rust::{Mention, Source, declarations, mentions};

/// The import graph of one library.
#[derive(Debug)]
pub(crate) struct Imports {
    /// `crates/…/src/lib.rs`
    pub(crate) library: String,
    /// The top-level modules in reading order, with their lines in `lib.rs`.
    pub(crate) modules: Vec<(String, usize)>,
    /// Importing and imported module, with the first place.
    pub(crate) edges: BTreeMap<(usize, usize), (String, usize)>,
}

impl Imports {
    /// The graph of a framework crate; none if it is no library.
    pub(crate) fn of(workspace: &Workspace<'_>, package: &Package) -> Option<Self> {
        let library = format!("{}/src/lib.rs", package.folder);
        if !package.is_framework() {
            return None;
        }
        let root = workspace.sources.get(library.as_str())?;
        let mut imports = Self { library, modules: modules(root), edges: BTreeMap::new() };
        imports.read_library(root);
        imports.read_modules(workspace, package, root);
        Some(imports)
    }

    pub(crate) fn name(&self, module: usize) -> &str {
        &self.modules[module].0
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.modules.iter().position(|(module, _)| module == name)
    }

    /// Edges from modules that have their body in `lib.rs`.
    fn read_library(&mut self, root: &Source<'_>) {
        let reexports = self.reexports(root);
        let library = self.library.clone();
        for (from, body) in self.bodies(root) {
            let inside = mentions(&root.tokens);
            let inside = inside.iter().filter(|mention| body.contains(&mention.at));
            for mention in inside {
                self.add(from, mention, 1, (&library, &reexports));
            }
        }
    }

    fn read_modules(&mut self, workspace: &Workspace<'_>, package: &Package, root: &Source<'_>) {
        let library = self.library.clone();
        let reexports = self.reexports(root);
        let files = package.modules.iter().filter(|module| module.root == library);
        for module in files.filter(|module| !module.test) {
            let Some(from) = module.path.first().and_then(|name| self.position(name)) else {
                continue;
            };
            let Some(source) = workspace.sources.get(module.file.as_str()) else {
                continue;
            };
            let bodies: Vec<_> =
                declarations(&source.tokens).into_iter().filter_map(|found| found.body).collect();
            for mention in mentions(&source.tokens) {
                let inner = bodies.iter().filter(|body| body.contains(&mention.at)).count();
                let depth = module.path.len() + inner;
                self.add(from, &mention, depth, (&module.file, &reexports));
            }
        }
    }

    /// Adds the edge that a mention in module `from`, `depth` modules down, stands for.
    fn add(
        &mut self,
        from: usize,
        mention: &Mention<'_>,
        depth: usize,
        (file, reexports): (&str, &BTreeMap<String, usize>),
    ) {
        let Some(name) = from_root(mention, depth).filter(|_| !mention.test) else {
            return;
        };
        let to = self.position(name).or_else(|| reexports.get(name).copied());
        if let Some(to) = to.filter(|to| *to != from) {
            self.edges.entry((from, to)).or_insert_with(|| (file.to_owned(), mention.line));
        }
    }

    /// The names that `lib.rs` imports from its own modules, outside their bodies.
    fn reexports(&self, root: &Source<'_>) -> BTreeMap<String, usize> {
        let bodies = self.bodies(root);
        let mentions = mentions(&root.tokens);
        let imports = mentions.iter().filter(|mention| {
            let in_body = bodies.iter().any(|(_, body)| body.contains(&mention.at));
            mention.imported && !mention.test && !in_body
        });
        let own = imports.filter_map(|mention| {
            let mut segments = mention.segments.iter();
            let first = segments.find(|segment| !matches!(**segment, "crate" | "self"))?;
            let module = self.position(first)?;
            segments.next()?;
            Some((mention.name.to_owned(), module))
        });
        own.collect()
    }

    fn bodies(&self, root: &Source<'_>) -> Vec<(usize, Range<usize>)> {
        let top = declarations(&root.tokens).into_iter().filter(|found| found.parents.is_empty());
        top.filter_map(|found| Some((self.position(found.name)?, found.body?))).collect()
    }
}

/// The modules that `lib.rs` lists, without those for tests and for macros.
fn modules(root: &Source<'_>) -> Vec<(String, usize)> {
    let mut modules: Vec<(String, usize)> = Vec::new();
    for found in declarations(&root.tokens) {
        let counts = found.parents.is_empty() && !found.test && found.name != "__private";
        if counts && !modules.iter().any(|(name, _)| name == found.name) {
            modules.push((found.name.to_owned(), found.line));
        }
    }
    modules
}

/// The name below the crate's root that a path in a module `depth` down begins with.
fn from_root<'a>(mention: &Mention<'a>, depth: usize) -> Option<&'a str> {
    let segments = &mention.segments;
    let ups = segments.iter().take_while(|segment| **segment == "super").count();
    match segments.first() {
        Some(&"crate") => segments.get(1).copied(),
        Some(&"super") if ups == depth => segments.get(ups).copied(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::Imports;
    use crate::repository::{Files, Workspace};

    fn check(files: &[(&str, &str)], expected: &[&str]) {
        let mut all = vec![("crates/p/Cargo.toml", "")];
        all.extend(files);
        let files = Files::of(&all);
        let workspace = Workspace::read(&files);
        let imports = Imports::of(&workspace, &workspace.packages[0]).expect("p is a library");
        let found: Vec<_> = imports
            .edges
            .iter()
            .map(|((from, to), (file, line))| {
                format!("{} -> {} {file}:{line}", imports.name(*from), imports.name(*to))
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn imports_and_paths_are_edges() {
        check(
            &[
                ("crates/p/src/lib.rs", "mod a; mod b; mod c;"),
                ("crates/p/src/a.rs", "use crate::b::B;\nfn f() { crate::c::g() }"),
                ("crates/p/src/b.rs", "use super::{c, a::A};"),
                ("crates/p/src/c.rs", "use crate::c::X; use super::super::a;"),
            ],
            &[
                "a -> b crates/p/src/a.rs:1",
                "a -> c crates/p/src/a.rs:2",
                "b -> a crates/p/src/b.rs:1",
                "b -> c crates/p/src/b.rs:1",
            ],
        );
    }

    #[test]
    fn files_belong_to_their_top_level_module() {
        check(
            &[
                ("crates/p/src/lib.rs", "mod a; mod b;"),
                ("crates/p/src/a/mod.rs", "mod c;"),
                (
                    "crates/p/src/a/c.rs",
                    "use super::x;\nuse super::super::b; mod d { use super::super::super::b; }",
                ),
                ("crates/p/src/b.rs", ""),
            ],
            &["a -> b crates/p/src/a/c.rs:2"],
        );
    }

    #[test]
    fn names_that_the_root_takes_from_a_module_lead_there() {
        check(
            &[
                (
                    "crates/p/src/lib.rs",
                    "mod a; pub mod b { use crate::a::Y; } pub use a::{X, Y as Z};",
                ),
                ("crates/p/src/a.rs", ""),
                ("crates/p/src/b.rs", "not reached: `b` has a body"),
            ],
            &["b -> a crates/p/src/lib.rs:1"],
        );
        check(
            &[
                ("crates/p/src/lib.rs", "mod a; mod b; pub use self::a::{X, Y as Z};"),
                ("crates/p/src/a.rs", ""),
                ("crates/p/src/b.rs", "use crate::W;\nuse crate::Z;"),
            ],
            &["b -> a crates/p/src/b.rs:2"],
        );
    }

    #[test]
    fn tests_macros_and_private_are_left_out() {
        check(
            &[
                ("crates/p/src/lib.rs", "mod a; mod b; pub mod __private;"),
                (
                    "crates/p/src/a.rs",
                    "use crate::__private::x;\n#[cfg(test)] mod t { use crate::b; }",
                ),
                ("crates/p/src/b.rs", "macro_rules! m { () => { $crate::a::f() } }"),
                ("crates/p/src/__private.rs", "use crate::a;"),
            ],
            &[],
        );
    }
}
