//! Modules of a library that import each other.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::Finding;
use crate::repository::Workspace;
use crate::tidy::imports::Imports;

pub(crate) fn find(workspace: &Workspace<'_>) -> Vec<Finding> {
    let libraries = workspace.packages.iter().filter_map(|package| Imports::of(workspace, package));
    libraries.flat_map(|imports| of_library(&imports)).collect()
}

fn of_library(imports: &Imports) -> Vec<Finding> {
    let findings = components(imports).into_iter().map(|component| {
        let names: Vec<_> =
            component.iter().map(|module| format!("`{}`", imports.name(*module))).collect();
        let message =
            format!("{} import each other: {}", names.join(", "), way_round(imports, &component));
        Finding::new(&imports.library, imports.modules[component[0]].1, message)
    });
    findings.collect()
}

/// The sets of more than one module that all reach each other, in reading order.
fn components(imports: &Imports) -> Vec<Vec<usize>> {
    let reach: Vec<BTreeSet<usize>> =
        (0..imports.modules.len()).map(|from| reachable(imports, from)).collect();
    let mut components = BTreeSet::new();
    for (module, reached) in reach.iter().enumerate() {
        let component: Vec<_> =
            reached.iter().copied().filter(|other| reach[*other].contains(&module)).collect();
        if component.len() > 1 {
            components.insert(component);
        }
    }
    components.into_iter().collect()
}

fn reachable(imports: &Imports, from: usize) -> BTreeSet<usize> {
    let mut reached = BTreeSet::new();
    let mut open = vec![from];
    while let Some(module) = open.pop() {
        let next = imported(imports, module).filter(|next| reached.insert(*next));
        open.extend(next.collect::<Vec<_>>());
    }
    reached
}

fn imported(imports: &Imports, module: usize) -> impl Iterator<Item = usize> {
    imports.edges.range((module, 0)..=(module, usize::MAX)).map(|((_, to), _)| *to)
}

/// The shortest way from a component's first module back to it, with the places of its imports.
fn way_round(imports: &Imports, component: &[usize]) -> String {
    let start = component[0];
    let mut before = BTreeMap::new();
    let mut open = VecDeque::from([start]);
    while let Some(module) = open.pop_front() {
        for next in imported(imports, module).filter(|next| component.contains(next)) {
            if before.contains_key(&next) {
                continue;
            }
            before.insert(next, module);
            open.push_back(next);
        }
    }
    let mut steps = Vec::new();
    let mut to = start;
    while let Some(from) = before.get(&to) {
        let (file, line) = &imports.edges[&(*from, to)];
        steps.push(format!("{} -> {} ({file}:{line})", imports.name(*from), imports.name(to)));
        to = *from;
        if to == start {
            break;
        }
    }
    steps.reverse();
    steps.join(", ")
}

#[cfg(test)]
mod tests {
    use super::find;
    use crate::tidy::checks::fixture::check;

    #[test]
    fn a_cycle_is_named_with_its_places() {
        check(
            find,
            &[
                ("crates/p/Cargo.toml", ""),
                ("crates/p/src/lib.rs", "mod z;\nmod a;\nmod b;\nmod c;\nmod d;"),
                ("crates/p/src/z.rs", "use crate::a::A;"),
                ("crates/p/src/a.rs", "use crate::b::B;"),
                ("crates/p/src/b.rs", "\nuse crate::c::C;"),
                ("crates/p/src/c.rs", "use crate::a::A; use crate::d::D;"),
                ("crates/p/src/d.rs", ""),
            ],
            &["crates/p/src/lib.rs:2: `a`, `b`, `c` import each other: \
               a -> b (crates/p/src/a.rs:1), b -> c (crates/p/src/b.rs:2), c -> a (crates/p/src/c.rs:1)"],
        );
    }

    #[test]
    fn separate_cycles_are_separate() {
        check(
            find,
            &[
                ("crates/p/Cargo.toml", ""),
                ("crates/p/src/lib.rs", "mod a;\nmod b;\nmod c;\nmod d;"),
                ("crates/p/src/a.rs", "use crate::b; use crate::c;"),
                ("crates/p/src/b.rs", "use crate::a;"),
                ("crates/p/src/c.rs", "use crate::d;"),
                ("crates/p/src/d.rs", "use crate::c;"),
            ],
            &[
                "crates/p/src/lib.rs:1: `a`, `b` import each other: \
                 a -> b (crates/p/src/a.rs:1), b -> a (crates/p/src/b.rs:1)",
                "crates/p/src/lib.rs:3: `c`, `d` import each other: \
                 c -> d (crates/p/src/c.rs:1), d -> c (crates/p/src/d.rs:1)",
            ],
        );
    }

    #[test]
    fn binaries_are_left_out() {
        check(
            find,
            &[
                ("crates/p/Cargo.toml", ""),
                ("crates/p/src/main.rs", "mod a; mod b;"),
                ("crates/p/src/a.rs", "use crate::b;"),
                ("crates/p/src/b.rs", "use crate::a;"),
            ],
            &[],
        );
    }
}
