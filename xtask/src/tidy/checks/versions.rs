//! One place for versions: members inherit theirs, and their dependencies', from the workspace.

use super::Finding;
use crate::repository::{Package, Workspace};

pub(crate) fn find(workspace: &Workspace<'_>) -> Vec<Finding> {
    let broken = workspace.broken.iter();
    let broken = broken.map(|(path, mistake)| Finding::new(path, mistake.line, &mistake.message));
    broken.chain(workspace.packages.iter().flat_map(of_package)).collect()
}

fn of_package(package: &Package) -> Vec<Finding> {
    let (manifest, path) = (&package.manifest, package.manifest_path());
    let inherited = [
        (manifest.inherits_version, "`version.workspace = true` is missing"),
        (manifest.inherits_edition, "`edition.workspace = true` is missing"),
        (manifest.inherits_lints, "`[lints] workspace = true` is missing"),
    ];
    let missing = inherited.into_iter().filter(|(inherits, _)| !inherits);
    let missing = missing.map(|(_, message)| Finding::new(&path, manifest.line, message));
    let own = manifest.dependencies.iter().filter(|dependency| !dependency.inherited);
    let own = own.map(|dependency| {
        let message =
            format!("`{}` does not come from `workspace.dependencies`", dependency.package);
        Finding::new(&path, dependency.line, message)
    });
    missing.chain(own).collect()
}

#[cfg(test)]
mod tests {
    use super::find;
    use crate::tidy::checks::fixture::check;

    #[test]
    fn everything_is_inherited() {
        let fine = "[package]\nversion.workspace = true\nedition.workspace = true\n\
                    [dependencies]\nserde = { workspace = true, features = [\"rc\"] }\n\
                    [lints]\nworkspace = true\n";
        check(find, &[("crates/a/Cargo.toml", fine)], &[]);
    }

    #[test]
    fn each_exception_is_found() {
        let own = "\n[package]\nversion = \"1.0.0\"\n[dev-dependencies]\nserde = \"1\"\n";
        check(
            find,
            &[("xtask/Cargo.toml", own), ("crates/b/Cargo.toml", "a =")],
            &[
                "crates/b/Cargo.toml:1: string values must be quoted, expected literal string",
                "xtask/Cargo.toml:2: `[lints] workspace = true` is missing",
                "xtask/Cargo.toml:2: `edition.workspace = true` is missing",
                "xtask/Cargo.toml:2: `version.workspace = true` is missing",
                "xtask/Cargo.toml:5: `serde` does not come from `workspace.dependencies`",
            ],
        );
    }
}
