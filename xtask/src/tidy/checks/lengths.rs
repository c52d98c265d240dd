//! Files that are too long to hold in one's head.

use super::Finding;
use crate::repository::Workspace;

const MAX_CODE_LINES: usize = 800;
const MAX_LINES: usize = 1_500;

pub(crate) fn find(workspace: &Workspace<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, source) in &workspace.sources {
        let code = source.code_lines();
        if code > MAX_CODE_LINES {
            let message = format!("{code} lines of code, the limit is {MAX_CODE_LINES}");
            findings.push(Finding::new(*path, 1, message));
        }
        if source.lines > MAX_LINES {
            let message = format!("{} lines, the limit is {MAX_LINES}", source.lines);
            findings.push(Finding::new(*path, 1, message));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::find;
    use crate::tidy::checks::fixture::check;

    #[test]
    fn code_and_total_have_limits() {
        let code = "f();\n".repeat(801);
        let docs = "//! a\n".repeat(1501);
        check(
            find,
            &[
                ("crates/p/src/a.rs", &code),
                ("crates/p/src/b.rs", &docs),
                ("crates/p/src/c.rs", &code[5..]),
            ],
            &[
                "crates/p/src/a.rs:1: 801 lines of code, the limit is 800",
                "crates/p/src/b.rs:1: 1501 lines, the limit is 1500",
            ],
        );
    }
}
