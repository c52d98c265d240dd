//! `cargo xtask tidy`: the house rules that rustc and clippy do not know.
//!
//! A check is a function from the workspace to its findings; [`checks::ALL`] lists them.
//! What a check finds may be excused in `xtask/tidy.toml`, with a reason.

mod checks;

mod imports;

mod allow;

mod finding;

use crate::printer;
use crate::repository::{Files, Workspace, root};
use allow::AllowList;
use finding::Violation;

/// Runs every check and prints what it finds; whether that is nothing.
pub(crate) fn run() -> Result<bool, String> {
    let files = Files::read(&root()?)?;
    let violations = violations(&files);
    for violation in &violations {
        printer::data(&violation.to_string());
    }
    match violations.len() {
        0 => printer::data(&format!("tidy: {} files, no violation", files.len())),
        1 => printer::talk(&format!("tidy: {} files, 1 violation", files.len())),
        count => printer::talk(&format!("tidy: {} files, {count} violations", files.len())),
    }
    Ok(violations.is_empty())
}

/// What is left after the allow-list, by place, and what is wrong with that list.
fn violations(files: &Files) -> Vec<Violation> {
    let workspace = Workspace::read(files);
    let found = checks::ALL.iter().flat_map(|check| {
        let findings = (check.find)(&workspace).into_iter();
        findings.map(|finding| Violation { check: check.name, finding })
    });
    let mut allow = AllowList::read(files.get(allow::PATH).unwrap_or_default());
    let mut violations: Vec<_> = found.filter(|violation| !allow.excuses(violation)).collect();
    violations.extend(allow.mistakes());
    violations.sort();
    violations.dedup();
    violations
}

#[cfg(test)]
mod tests {
    use super::violations;
    use crate::repository::Files;

    fn check(allow: &str, expected: &[&str]) {
        let files = Files::of(&[("a.sh", "# TODO: b\n"), ("xtask/tidy.toml", allow)]);
        let found: Vec<_> = violations(&files).iter().map(ToString::to_string).collect();
        assert_eq!(found, expected);
    }

    const FOUND: &str = "a.sh:1: `TODO` without an issue: write `TODO(#123): …` [texts]";

    #[test]
    fn violations_name_their_check() {
        check("", &[FOUND]);
    }

    #[test]
    fn an_entry_with_a_reason_excuses() {
        check("[[allow]]\ncheck = \"texts\"\npath = \"a.sh\"\nreason = \"why\"\n", &[]);
    }

    #[test]
    fn an_entry_may_be_narrowed_to_some_words() {
        let entry = "[[allow]]\ncheck = \"texts\"\npath = \"a.sh\"\nreason = \"why\"\nwhat = ";
        check(&format!("{entry}\"without an issue\"\n"), &[]);
        check(
            &format!("{entry}\"absolute\"\n"),
            &[FOUND, "xtask/tidy.toml:1: this entry excuses nothing: remove it [allow-list]"],
        );
    }

    #[test]
    fn an_entry_without_a_reason_is_a_violation() {
        check(
            "[[allow]]\ncheck = \"texts\"\npath = \"a.sh\"\nreason = \" \"\n",
            &[FOUND, "xtask/tidy.toml:1: this entry has no `reason` [allow-list]"],
        );
    }
}
