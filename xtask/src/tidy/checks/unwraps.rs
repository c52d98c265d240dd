//! `.unwrap()` in the framework's own code.

use super::Finding;
use crate::repository::Workspace;

pub(crate) fn find(workspace: &Workspace<'_>) -> Vec<Finding> {
    let sources = workspace.library_sources();
    let findings = sources.flat_map(|(path, source)| {
        let lines = source.lines_with(&[".", "unwrap", "(", ")"]).into_iter();
        lines.map(move |line| {
            let message =
                "`.unwrap()` outside tests: return the error, or state the invariant in `expect`";
            Finding::new(path, line, message)
        })
    });
    findings.collect()
}

#[cfg(test)]
mod tests {
    use super::find;
    use crate::tidy::checks::fixture::check;

    #[test]
    fn only_code_outside_tests_counts() {
        check(
            find,
            &[
                ("crates/p/Cargo.toml", ""),
                (
                    "crates/p/src/lib.rs",
                    "/// a.unwrap()\nfn f() {\n a\n  .unwrap();\n b.unwrap_or(1);\n}\n#[test] fn t() { a.unwrap() }\n#[cfg(test)] mod t;",
                ),
                ("crates/p/src/t.rs", "fn f() { a.unwrap() }"),
                ("crates/p/tests/a.rs", "fn f() { a.unwrap() }"),
            ],
            &[
                "crates/p/src/lib.rs:4: `.unwrap()` outside tests: return the error, or state the invariant in `expect`",
            ],
        );
    }
}
