//! `xtask/tidy.toml`: violations that stand, each with its reason.
//!
//! # Invariants
//!
//! An entry without a reason excuses nothing, and an entry that excuses nothing is a violation.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::checks;
use super::finding::{Finding, Violation};
use crate::repository::line_at;

pub(crate) const PATH: &str = "xtask/tidy.toml";

const FIELDS: [&str; 4] = ["check", "path", "reason", "what"];

#[derive(Debug)]
struct Entry {
    line: usize,
    check: String,
    path: String,
    /// Words that the message must contain; empty for any message.
    what: String,
    used: bool,
}

#[derive(Debug, Default)]
pub(crate) struct AllowList {
    entries: Vec<Entry>,
    mistakes: Vec<Finding>,
}

impl AllowList {
    pub(crate) fn read(text: &str) -> Self {
        let mut list = Self::default();
        match DeTable::parse(text) {
            Ok(table) => list.read_table(text, table.get_ref()),
            Err(error) => {
                let line = error.span().map_or(1, |span| line_at(text, span.start));
                list.mistake(line, error.message());
            }
        }
        list
    }

    /// Whether an entry covers the violation; marks that entry as used.
    pub(crate) fn excuses(&mut self, violation: &Violation) -> bool {
        let finding = &violation.finding;
        let mut excused = false;
        for entry in &mut self.entries {
            let covers = entry.check == violation.check
                && entry.path == finding.path
                && finding.message.contains(&entry.what);
            entry.used |= covers;
            excused |= covers;
        }
        excused
    }

    /// What is wrong with the list itself, after every violation was offered to it.
    pub(crate) fn mistakes(self) -> Vec<Violation> {
        let unused = self.entries.iter().filter(|entry| !entry.used);
        let unused = unused
            .map(|entry| Finding::new(PATH, entry.line, "this entry excuses nothing: remove it"));
        let findings = self.mistakes.iter().cloned().chain(unused);
        findings.map(|finding| Violation { check: "allow-list", finding }).collect()
    }

    fn mistake(&mut self, line: usize, message: &str) {
        self.mistakes.push(Finding::new(PATH, line, message));
    }

    fn read_table(&mut self, text: &str, table: &DeTable<'_>) {
        for (key, value) in table {
            let line = line_at(text, key.span().start);
            let entries = value.get_ref().as_array().filter(|_| key.get_ref() == "allow");
            let Some(entries) = entries else {
                self.mistake(line, "only `[[allow]]` entries stand here");
                continue;
            };
            for entry in entries {
                let line = line_at(text, entry.span().start);
                match entry.get_ref().as_table() {
                    Some(table) => self.read_entry(line, table),
                    None => self.mistake(line, "only `[[allow]]` entries stand here"),
                }
            }
        }
    }

    fn read_entry(&mut self, line: usize, table: &DeTable<'_>) {
        for key in table.keys().map(Spanned::get_ref) {
            if !FIELDS.contains(&key.as_ref()) {
                self.mistake(line, &format!("unknown key `{key}`: an entry has {FIELDS:?}"));
            }
        }
        let field = |name| {
            let value = table.get(name).map(Spanned::get_ref).and_then(DeValue::as_str);
            value.map(str::trim).unwrap_or_default().to_owned()
        };
        let (check, path) = (field("check"), field("path"));
        if !checks::ALL.iter().any(|known| known.name == check) {
            self.mistake(line, &format!("no check is called `{check}`"));
        } else if path.is_empty() {
            self.mistake(line, "this entry has no `path`");
        } else if field("reason").is_empty() {
            self.mistake(line, "this entry has no `reason`");
        } else {
            self.entries.push(Entry { line, check, path, what: field("what"), used: false });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::AllowList;

    fn check(text: &str, expected: &[&str]) {
        let mistakes = AllowList::read(text).mistakes();
        let found: Vec<_> =
            mistakes.iter().map(|mistake| mistake.finding.message.clone()).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn entries_are_complete() {
        check("[[allow]]\ncheck = \"text\"", &["no check is called `text`"]);
        check("[[allow]]\ncheck = \"texts\"\nreason = \"x\"", &["this entry has no `path`"]);
        check("[[allow]]\ncheck = \"texts\"\npath = \"x\"", &["this entry has no `reason`"]);
    }

    #[test]
    fn nothing_else_stands_in_the_list() {
        check("allow = 1", &["only `[[allow]]` entries stand here"]);
        check("x = 1", &["only `[[allow]]` entries stand here"]);
        check(
            "[[allow]]\ncheck = \"texts\"\npath = \"x\"\nreason = \"y\"\nfile = \"z\"",
            &[
                "unknown key `file`: an entry has [\"check\", \"path\", \"reason\", \"what\"]",
                "this entry excuses nothing: remove it",
            ],
        );
    }

    #[test]
    fn text_that_is_no_toml_is_a_mistake() {
        assert_eq!(AllowList::read("[[allow").mistakes().len(), 1);
    }
}
