//! What nobody should read in a release: loose ends, debugging, paths of somebody's machine.

use super::Finding;
use crate::repository::{Workspace, has_extension};
use crate::rust::Source;

/// Folders that only a particular machine has.
const MACHINE_FOLDERS: [&str; 3] = ["home", "root", "work"];

pub(crate) fn find(workspace: &Workspace<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in workspace.files.iter() {
        findings.extend(machine_paths(path, text));
        if has_extension(path, "md") {
            findings.extend(loose_ends(path, 1, &prose(text)));
        } else if !has_extension(path, "rs") {
            findings.extend(loose_ends(path, 1, text));
        }
    }
    for (path, source) in &workspace.sources {
        for comment in &source.comments {
            findings.extend(loose_ends(path, comment.line, &prose(comment.text)));
        }
        findings.extend(left_over_macros(path, source));
    }
    findings
}

fn left_over_macros(path: &str, source: &Source<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for window in source.tokens.windows(3) {
        let [name, bang, open] = window else { continue };
        let listed = ["dbg", "todo", "unimplemented"].iter().any(|macro_name| name.is(macro_name));
        if listed && bang.is("!") && ["(", "[", "{"].iter().any(|text| open.is(text)) {
            findings.push(Finding::new(path, name.line, format!("`{}!` is left over", name.text)));
        }
    }
    findings
}

/// `TODO` without the issue that will end it.
fn loose_ends(path: &str, first_line: usize, text: &str) -> Vec<Finding> {
    let lines = text.lines().enumerate().filter(|(_, line)| {
        line.match_indices("TODO").any(|(at, word)| {
            let (before, after) = (&line[..at], &line[at + word.len()..]);
            !before.ends_with(is_word) && !after.starts_with(is_word) && !names_issue(after)
        })
    });
    let message = "`TODO` without an issue: write `TODO(#123): …`";
    lines.map(|(index, _)| Finding::new(path, first_line + index, message)).collect()
}

/// Whether a text starts with `(#123)`.
fn names_issue(text: &str) -> bool {
    let number = text.strip_prefix("(#").and_then(|rest| rest.split_once(')'));
    number.is_some_and(|(number, _)| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// Markdown without its code, where the word may be talked about; comments are Markdown too.
fn prose(text: &str) -> String {
    let mut fenced = false;
    let mut lines = Vec::new();
    for line in text.lines() {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        let visible = line.split('`').step_by(2).filter(|_| !fenced && !fence);
        lines.push(visible.collect::<Vec<_>>().join("`"));
    }
    lines.join("\n")
}

/// Absolute paths below somebody's folder; routes such as `/home/{id}` are none.
fn machine_paths(path: &str, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, line) in text.lines().enumerate() {
        for folder in MACHINE_FOLDERS.map(|name| format!("/{name}/")) {
            let found = line.match_indices(&folder).any(|(at, _)| {
                let after = line[at + folder.len()..].starts_with(is_path);
                after && !line[..at].ends_with(|before| is_path(before) || "~}$)>".contains(before))
            });
            if found {
                let message = format!("absolute path `{folder}…` of some machine");
                findings.push(Finding::new(path, index + 1, message));
            }
        }
    }
    findings
}

fn is_word(character: char) -> bool {
    character == '_' || character.is_alphanumeric()
}

fn is_path(character: char) -> bool {
    is_word(character) || matches!(character, '.' | '-')
}

#[cfg(test)]
mod tests {
    use super::find;
    use crate::tidy::checks::fixture::check;

    const OPEN: &str = "`TODO` without an issue: write `TODO(#123): …`";

    #[test]
    fn loose_ends_need_an_issue() {
        let rust =
            "// TODO(#12): a\n/* b\n TODO: c */\nconst X: &str = \"TODO\"; // `TODO`, METHODTODO\n";
        check(
            find,
            &[
                ("a.rs", rust),
                ("b.css", "/* TODO(#) */"),
                ("c.md", "`TODO`\n```\nTODO\n```\nTODO\n"),
            ],
            &[&format!("a.rs:3: {OPEN}"), &format!("b.css:1: {OPEN}"), &format!("c.md:5: {OPEN}")],
        );
    }

    #[test]
    fn left_over_macros_are_found_in_code() {
        check(
            find,
            &[("a.rs", "fn f() { todo!() }\n// dbg!(x)\nfn g() { dbg!(\"todo!()\") }")],
            &["a.rs:1: `todo!` is left over", "a.rs:3: `dbg!` is left over"],
        );
    }

    #[test]
    fn machine_paths_are_found_anywhere() {
        let (home, work) = (format!("\"/{}/ana\"", "home"), format!("cd /{}/x", "work"));
        let fine =
            format!("\"/{0}/{{id}}\" docs/{0}/x $HOME/{0}/x https://example.com/{0}/x", "home");
        check(
            find,
            &[("a.rs", &home), ("b.sh", &work), ("c.md", &fine)],
            &[
                &format!("a.rs:1: absolute path `/{}/…` of some machine", "home"),
                &format!("b.sh:1: absolute path `/{}/…` of some machine", "work"),
            ],
        );
    }
}
