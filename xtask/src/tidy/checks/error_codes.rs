//! Developer-facing error codes: `P` and four digits, each with a page, a test, and a place in the
//! list of what `explain` prints.

use std::collections::{BTreeMap, BTreeSet};

use super::Finding;
use crate::repository::{Workspace, stem_of};
use crate::rust::Kind;

const PAGES: &str = "docs/errors/";
/// Lists the pages that are compiled into every application.
const EXPLAINED: &str = "crates/purlin/src/explain.rs";

pub(crate) fn find(workspace: &Workspace<'_>) -> Vec<Finding> {
    let used = used(workspace);
    let tested = tested(workspace);
    let explained = codes(workspace.files.get(EXPLAINED).unwrap_or_default());
    let mut findings = Vec::new();
    for (code, (file, line)) in &used {
        if workspace.files.get(&page(code)).is_none() {
            findings.push(Finding::new(
                *file,
                *line,
                format!("`{code}` has no page {}", page(code)),
            ));
        }
        if !tested.contains(code) {
            findings.push(Finding::new(*file, *line, format!("no test mentions `{code}`")));
        }
        if !explained.contains(code) {
            findings.push(Finding::new(*file, *line, format!("`{code}` is not in {EXPLAINED}")));
        }
    }
    for (path, text) in workspace.files.iter() {
        findings.extend(of_page(path, text, |code| used.contains_key(code)));
    }
    findings
}

fn page(code: &str) -> String {
    format!("{PAGES}{code}.md")
}

/// What is wrong with a file, if it is a page about a code.
fn of_page(path: &str, text: &str, is_used: impl Fn(&str) -> bool) -> Vec<Finding> {
    let code = stem_of(path);
    if path != page(code) || codes(code).first() != Some(&code) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    let title = text.lines().next().and_then(|line| line.strip_prefix(&format!("# {code}: ")));
    if title.is_none_or(|title| title.trim().is_empty()) {
        findings.push(Finding::new(path, 1, format!("the first line is not `# {code}: …`")));
    }
    if !is_used(code) {
        findings.push(Finding::new(path, 1, format!("nothing reports `{code}`")));
    }
    findings
}

/// The codes in strings of the framework's crates, with the first place of each.
fn used<'a>(workspace: &Workspace<'a>) -> BTreeMap<&'a str, (&'a str, usize)> {
    let mut used = BTreeMap::new();
    for (path, source) in workspace.library_sources() {
        for token in source.live().filter(|token| token.kind == Kind::Text) {
            for code in codes(token.text) {
                used.entry(code).or_insert((path, token.line));
            }
        }
    }
    used
}

/// The codes that test code mentions: files under `tests/`, and tests inside `src/`.
fn tested<'a>(workspace: &Workspace<'a>) -> BTreeSet<&'a str> {
    let mut tested = BTreeSet::new();
    for (path, text) in workspace.files.iter() {
        let inside = workspace.packages.iter().find_map(|package| package.inside(path));
        if inside.is_some_and(|path| path.starts_with("tests/")) {
            tested.extend(codes(text));
        }
    }
    for source in workspace.sources.values() {
        let tokens = source.tokens.iter().filter(|token| token.test && token.kind == Kind::Text);
        tested.extend(tokens.flat_map(|token| codes(token.text)));
    }
    tested
}

/// Every code in a text that is a word of its own, and no file name.
fn codes(text: &str) -> Vec<&str> {
    let bytes = text.as_bytes();
    let is_code = |at: &usize| {
        let digits =
            bytes.get(at + 1..at + 5).is_some_and(|digits| digits.iter().all(u8::is_ascii_digit));
        let before = at.checked_sub(1).map_or(b' ', |before| bytes[before]);
        let after = bytes.get(at + 5).copied().unwrap_or(b' ');
        let joins = |byte: u8| byte == b'_' || byte.is_ascii_alphanumeric();
        bytes[*at] == b'P' && digits && !joins(before) && before != b'/' && !joins(after)
    };
    (0..bytes.len()).filter(is_code).map(|at| &text[at..at + 5]).collect()
}

#[cfg(test)]
mod tests {
    use super::{codes, find};
    use crate::tidy::checks::fixture::check;

    #[test]
    fn a_code_with_page_and_test_is_complete() {
        check(
            find,
            &[
                ("crates/p/Cargo.toml", ""),
                ("crates/p/src/lib.rs", "fn f() { refuse(\"P0107\"); }"),
                ("crates/p/tests/ui/a.stderr", "error[P0107]: x"),
                ("crates/purlin/src/explain.rs", "pages! { P0107 }"),
                ("docs/errors/P0107.md", "# P0107: two routes conflict\n"),
                ("docs/errors/README.md", "# Errors"),
            ],
            &[],
        );
    }

    #[test]
    fn pages_and_tests_must_exist_and_be_explained() {
        check(
            find,
            &[("crates/p/src/lib.rs", "fn f() {\n refuse(\"P0107\"); // P0108\n}")],
            &[
                "crates/p/src/lib.rs:2: `P0107` has no page docs/errors/P0107.md",
                "crates/p/src/lib.rs:2: `P0107` is not in crates/purlin/src/explain.rs",
                "crates/p/src/lib.rs:2: no test mentions `P0107`",
            ],
        );
    }

    #[test]
    fn pages_have_a_title_and_a_use() {
        check(
            find,
            &[
                ("crates/p/src/lib.rs", "#[cfg(test)] mod tests { const A: &str = \"P0001\"; }"),
                ("docs/errors/P0001.md", "# P0001:\n"),
            ],
            &[
                "docs/errors/P0001.md:1: nothing reports `P0001`",
                "docs/errors/P0001.md:1: the first line is not `# P0001: …`",
            ],
        );
    }

    #[test]
    fn codes_are_words() {
        assert_eq!(
            codes("P0107, error[P0108] P01099 XP0110 docs/errors/P0111.md P11"),
            ["P0107", "P0108"]
        );
    }
}
