//! The floors of the house: a crate depends only on crates strictly below its own floor.

use super::Finding;
use crate::repository::{Kind, Package, Workspace};

/// Every crate of the framework, by floor; examples and tools stand on the top one.
const FLOORS: [&[&str]; 6] = [
    &["purlin-macros"],
    &["purlin-core"],
    &[
        "purlin-data",
        "purlin-files",
        "purlin-observe",
        "purlin-realtime",
        "purlin-server",
        "purlin-services",
        "purlin-view",
    ],
    &["purlin-auth", "purlin-graphql", "purlin-grpc", "purlin-jobs", "purlin-wasm"],
    &["purlin"],
    &["purlin-cli", "purlin-test"],
];

pub(crate) fn find(workspace: &Workspace<'_>) -> Vec<Finding> {
    workspace.packages.iter().flat_map(|package| of_package(workspace, package)).collect()
}

fn of_package(workspace: &Workspace<'_>, package: &Package) -> Vec<Finding> {
    let name = &package.manifest.name;
    let path = package.manifest_path();
    let Some(own) = floor(workspace, name) else {
        let message = format!("`{name}` has no floor: say which floor it is on in `FLOORS`");
        return vec![Finding::new(path, package.manifest.line, message)];
    };
    let dependencies = package.manifest.dependencies.iter();
    let built_in = dependencies.filter(|dependency| dependency.kind != Kind::Dev);
    let findings = built_in.filter_map(|dependency| {
        let other = &dependency.package;
        let floor = floor(workspace, other).filter(|floor| *floor >= own)?;
        let message = format!(
            "`{name}` (floor {own}) depends on `{other}` (floor {floor}): only floors below are allowed"
        );
        Some(Finding::new(&path, dependency.line, message))
    });
    findings.collect()
}

/// The floor of a package of ours; none for third parties and for crates not in the table.
fn floor(workspace: &Workspace<'_>, name: &str) -> Option<usize> {
    let member = workspace.packages.iter().find(|package| package.manifest.name == name);
    let listed = FLOORS.iter().position(|floor| floor.contains(&name));
    let top = member.filter(|package| !package.is_framework()).map(|_| FLOORS.len() - 1);
    listed.or(top)
}

#[cfg(test)]
mod tests {
    use super::find;
    use crate::tidy::checks::fixture::check;

    const CORE: &str = "[package]\nname = \"purlin-core\"\n";

    #[test]
    fn only_floors_below_are_allowed() {
        let core = format!(
            "{CORE}[dependencies]\npurlin-macros.workspace = true\nserde = \"1\"\n\
             [build-dependencies]\npurlin-data.workspace = true\n\
             [target.'cfg(unix)'.dependencies]\npurlin.workspace = true\n\
             [dev-dependencies]\npurlin-test.workspace = true\n"
        );
        check(
            find,
            &[("crates/purlin-core/Cargo.toml", &core)],
            &[
                "crates/purlin-core/Cargo.toml:7: `purlin-core` (floor 1) depends on `purlin-data` (floor 2): only floors below are allowed",
                "crates/purlin-core/Cargo.toml:9: `purlin-core` (floor 1) depends on `purlin` (floor 4): only floors below are allowed",
            ],
        );
    }

    #[test]
    fn siblings_do_not_depend_on_each_other() {
        let server =
            "[package]\nname = \"purlin-server\"\n[dependencies]\nd = { workspace = true }\n";
        let root = "[workspace.dependencies]\nd = { package = \"purlin-data\" }\n";
        check(
            find,
            &[("Cargo.toml", root), ("crates/purlin-server/Cargo.toml", server)],
            &[
                "crates/purlin-server/Cargo.toml:4: `purlin-server` (floor 2) depends on `purlin-data` (floor 2): only floors below are allowed",
            ],
        );
    }

    #[test]
    fn the_macros_depend_on_nothing_of_ours() {
        let macros =
            "[package]\nname = \"purlin-macros\"\n[dependencies]\npurlin-core.workspace = true\n";
        check(
            find,
            &[("crates/purlin-macros/Cargo.toml", macros)],
            &[
                "crates/purlin-macros/Cargo.toml:4: `purlin-macros` (floor 0) depends on `purlin-core` (floor 1): only floors below are allowed",
            ],
        );
    }

    #[test]
    fn a_crate_without_a_floor_is_a_violation() {
        check(
            find,
            &[("crates/purlin-mail/Cargo.toml", "[package]\nname = \"purlin-mail\"\n")],
            &[
                "crates/purlin-mail/Cargo.toml:1: `purlin-mail` has no floor: say which floor it is on in `FLOORS`",
            ],
        );
    }

    #[test]
    fn examples_stand_on_the_top_floor() {
        let blog = "[package]\nname = \"blog\"\n[dependencies]\npurlin.workspace = true\n\
                    purlin-test.workspace = true\n";
        check(
            find,
            &[("examples/blog/Cargo.toml", blog)],
            &[
                "examples/blog/Cargo.toml:5: `blog` (floor 5) depends on `purlin-test` (floor 5): only floors below are allowed",
            ],
        );
    }
}
