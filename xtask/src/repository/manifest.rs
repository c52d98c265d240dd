//! A `Cargo.toml`, as far as the checks care, with lines.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// When a dependency is built in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Build,
    Dev,
    Normal,
}

#[derive(Debug)]
pub(crate) struct Dependency {
    /// The package, also when the manifest gives it another name.
    pub(crate) package: String,
    pub(crate) kind: Kind,
    pub(crate) line: usize,
    /// Whether it says `workspace = true`.
    pub(crate) inherited: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Manifest {
    pub(crate) name: String,
    /// The line of `[package]`.
    pub(crate) line: usize,
    pub(crate) inherits_edition: bool,
    pub(crate) inherits_lints: bool,
    pub(crate) inherits_version: bool,
    pub(crate) dependencies: Vec<Dependency>,
    /// The paths of targets that are spelled out.
    pub(crate) targets: Vec<String>,
    /// `autotests` and its like that are off.
    pub(crate) manual: Vec<String>,
}

impl Manifest {
    /// Reads a manifest; `renames` are the workspace's dependencies that have another name.
    pub(crate) fn read(text: &str, renames: &BTreeMap<String, String>) -> Result<Self, Mistake> {
        let table = parse(text)?;
        let package = table.iter().find(|(key, _)| key.get_ref() == "package");
        let (line, package) = match package {
            Some((key, value)) => (line_at(text, key.span().start), value.get_ref().as_table()),
            None => (1, None),
        };
        let field = |name| package.and_then(|package| package.get(name)).map(Spanned::get_ref);
        Ok(Self {
            name: field("name").and_then(DeValue::as_str).unwrap_or_default().to_owned(),
            line,
            inherits_edition: field("edition").is_some_and(inherits),
            inherits_lints: table.get("lints").is_some_and(|lints| inherits(lints.get_ref())),
            inherits_version: field("version").is_some_and(inherits),
            dependencies: dependencies(text, &table, renames),
            targets: targets(&table),
            manual: ["autobenches", "autobins", "autoexamples", "autotests"]
                .into_iter()
                .filter(|name| field(name).and_then(DeValue::as_bool) == Some(false))
                .map(str::to_owned)
                .collect(),
        })
    }

    /// The workspace's dependencies that are called otherwise than their package.
    pub(crate) fn renames(root: &str) -> Result<BTreeMap<String, String>, Mistake> {
        let table = parse(root)?;
        let workspace = table.get("workspace").and_then(|value| value.get_ref().as_table());
        let dependencies = workspace
            .and_then(|workspace| workspace.get("dependencies"))
            .and_then(|value| value.get_ref().as_table());
        let renamed = |(name, value): (&Spanned<_>, &Spanned<DeValue<'_>>)| {
            let package = value.get_ref().as_table()?.get("package")?.get_ref().as_str()?;
            Some((AsRef::<str>::as_ref(name.get_ref()).to_owned(), package.to_owned()))
        };
        Ok(dependencies.into_iter().flatten().filter_map(renamed).collect())
    }
}

/// Why a file is no TOML, and where.
#[derive(Debug)]
pub(crate) struct Mistake {
    pub(crate) line: usize,
    pub(crate) message: String,
}

fn parse(text: &str) -> Result<DeTable<'_>, Mistake> {
    DeTable::parse(text).map(Spanned::into_inner).map_err(|error| Mistake {
        line: error.span().map_or(1, |span| line_at(text, span.start)),
        message: error.message().to_owned(),
    })
}

/// The line, from one, of a position in a text.
pub(crate) fn line_at(text: &str, position: usize) -> usize {
    text.as_bytes().iter().take(position).filter(|byte| **byte == b'\n').count() + 1
}

fn inherits(value: &DeValue<'_>) -> bool {
    let workspace = value.as_table().and_then(|table| table.get("workspace"));
    workspace.and_then(|workspace| workspace.get_ref().as_bool()) == Some(true)
}

/// The dependencies for every platform and for single ones.
fn dependencies(
    text: &str,
    table: &DeTable<'_>,
    renames: &BTreeMap<String, String>,
) -> Vec<Dependency> {
    let platforms = table.get("target").and_then(|target| target.get_ref().as_table());
    let platforms = platforms.into_iter().flat_map(DeTable::values);
    let platforms = platforms.filter_map(|platform| platform.get_ref().as_table());
    let mut found = Vec::new();
    for table in std::iter::once(table).chain(platforms) {
        for (section, kind) in [
            ("dependencies", Kind::Normal),
            ("dev-dependencies", Kind::Dev),
            ("build-dependencies", Kind::Build),
        ] {
            let entries = table.get(section).and_then(|section| section.get_ref().as_table());
            for (name, value) in entries.into_iter().flatten() {
                let line = line_at(text, name.span().start);
                let name: &str = name.get_ref();
                let table = value.get_ref().as_table();
                let package = table.and_then(|table| table.get("package"));
                let package = package.and_then(|package| package.get_ref().as_str());
                let package = package.or_else(|| renames.get(name).map(String::as_str));
                let package = package.unwrap_or(name).to_owned();
                let inherited = inherits(value.get_ref());
                found.push(Dependency { package, kind, line, inherited });
            }
        }
    }
    found
}

fn targets(table: &DeTable<'_>) -> Vec<String> {
    let mut tables = Vec::new();
    for name in ["bench", "bin", "example", "lib", "test"] {
        match table.get(name).map(Spanned::get_ref) {
            Some(DeValue::Array(array)) => {
                tables.extend(array.iter().filter_map(|item| item.get_ref().as_table()));
            }
            Some(DeValue::Table(table)) => tables.push(table),
            _ => {}
        }
    }
    let paths = tables.into_iter().filter_map(|table| table.get("path"));
    paths.filter_map(|path| path.get_ref().as_str()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Kind, Manifest};

    const TEXT: &str = r#"
[package]
name = "a"
version.workspace = true
edition = "2024"
autotests = false

[dependencies]
b.workspace = true
c = { workspace = true, features = ["x"] }
d = "1"

[target.'cfg(unix)'.build-dependencies]
e = { path = "../e", package = "f" }

[dev-dependencies.g]
workspace = true

[[test]]
path = "tests/it.rs"

[lints]
workspace = true
"#;

    #[test]
    fn every_section_is_read() {
        let renames = BTreeMap::from([("b".to_owned(), "bee".to_owned())]);
        let manifest = Manifest::read(TEXT, &renames).unwrap();
        assert_eq!((manifest.name.as_str(), manifest.line), ("a", 2));
        assert!(manifest.inherits_version && manifest.inherits_lints);
        assert!(!manifest.inherits_edition);
        assert_eq!(manifest.targets, ["tests/it.rs"]);
        assert_eq!(manifest.manual, ["autotests"]);
        let mut dependencies: Vec<_> = manifest.dependencies.iter().collect();
        dependencies.sort_by_key(|dependency| dependency.line);
        let dependencies: Vec<_> = dependencies
            .iter()
            .map(|found| (found.package.as_str(), found.kind, found.line, found.inherited))
            .collect();
        assert_eq!(
            dependencies,
            [
                ("bee", Kind::Normal, 9, true),
                ("c", Kind::Normal, 10, true),
                ("d", Kind::Normal, 11, false),
                ("f", Kind::Build, 14, false),
                ("g", Kind::Dev, 16, true),
            ]
        );
    }

    #[test]
    fn mistakes_have_a_line() {
        assert_eq!(Manifest::read("a = 1\nb =\n", &BTreeMap::new()).unwrap_err().line, 2);
    }

    #[test]
    fn the_workspace_may_rename() {
        let root = "[workspace.dependencies]\na = { package = \"b\", version = \"1\" }\nc = \"1\"";
        let expected = BTreeMap::from([("a".to_owned(), "b".to_owned())]);
        assert_eq!(Manifest::renames(root).unwrap(), expected);
    }
}
