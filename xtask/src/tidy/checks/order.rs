//! Reading order is dependency order: a module imports only modules that `lib.rs` lists below it.

use super::Finding;
use crate::repository::Workspace;
use crate::tidy::imports::Imports;

pub(crate) fn find(workspace: &Workspace<'_>) -> Vec<Finding> {
    let libraries = workspace.packages.iter().filter_map(|package| Imports::of(workspace, package));
    libraries.flat_map(|imports| of_library(&imports)).collect()
}

fn of_library(imports: &Imports) -> Vec<Finding> {
    let upwards = imports.edges.iter().filter(|((from, to), _)| to < from);
    let findings = upwards.map(|((from, to), (file, line))| {
        let (from, to) = (imports.name(*from), imports.name(*to));
        let message = format!("module `{from}` imports `{to}`, which lib.rs lists above it");
        Finding::new(file, *line, message)
    });
    findings.collect()
}

#[cfg(test)]
mod tests {
    use super::find;
    use crate::tidy::checks::fixture::check;

    #[test]
    fn imports_point_down() {
        check(
            find,
            &[
                ("crates/p/Cargo.toml", ""),
                ("crates/p/src/lib.rs", "mod a;\nmod b;"),
                ("crates/p/src/a.rs", "use crate::b::B;"),
                ("crates/p/src/b.rs", "\nuse crate::a::A;\nuse crate::a::C;"),
            ],
            &["crates/p/src/b.rs:2: module `b` imports `a`, which lib.rs lists above it"],
        );
    }
}
