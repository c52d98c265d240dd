//! The page itself.

use std::fmt::Write as _;

/// A program with a mistake, and what is said of it.
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) source: String,
    pub(super) message: String,
    /// What axum has to say of the same mistake, if it can be made there.
    pub(super) of_axum: Option<String>,
}

/// The page, with the versions that the messages are of.
pub(super) fn page(entries: &[Entry], compiler: &str, of_axum: &str) -> String {
    let (beside, alone): (Vec<_>, Vec<_>) = entries.iter().partition(|one| one.of_axum.is_some());
    let mut out = String::new();
    let _ = write!(
        out,
        "# What the compiler says

{all} mistakes, and the message of each: what is wrong, the tokens it is about, and the next step.
Each is a program in [crates/purlin/tests/ui](../crates/purlin/tests/ui), compiled by a test that accepts one error and no second, unless the program says why there are two.
{twins} of them can be made with axum as well, and have a twin there, in [crates/purlin/tests/ui/axum](../crates/purlin/tests/ui/axum).

The messages are those of {compiler}; axum's are those of {of_axum}, with `#[debug_handler]`, `#[debug_middleware]` or its derive wherever one can stand, and everything the compiler says is shown.
In Purlin there is nothing to switch on.

This page is written by `cargo xtask gallery`.
`PURLIN_MESSAGES=write cargo test -p purlin --test it gallery` writes Purlin's messages before, and `cargo xtask gallery axum` those of axum.

## Beside axum
",
        all = entries.len(),
        twins = beside.len(),
    );
    for entry in beside {
        entry.heading(&mut out);
        block(&mut out, "rust", entry.program());
        out.push_str("\nPurlin:\n");
        block(&mut out, "text", &entry.said());
        let twin = format!("../crates/purlin/tests/ui/axum/{}.rs", entry.name);
        let said = entry.of_axum.as_deref().unwrap_or_default();
        let (verdict, rest) = said.split_once('\n').unwrap_or((said, ""));
        if verdict.starts_with("It compiles") {
            let _ = write!(out, "\naxum, [in the same place]({twin}): {}\n", lower_first(verdict));
            if !rest.trim().is_empty() {
                block(&mut out, "text", rest);
            }
        } else {
            let _ = write!(out, "\naxum, [in the same place]({twin}):\n");
            block(&mut out, "text", said);
        }
    }
    out.push_str("\n## Of Purlin alone\n\n");
    out.push_str("What has no counterpart: arguments by name, checked inputs, documented answers, dependencies, problems, controllers, addresses.\n");
    for entry in alone {
        entry.heading(&mut out);
        block(&mut out, "text", &entry.said());
    }
    out
}

impl Entry {
    fn heading(&self, out: &mut String) {
        let title = self.source.lines().next().unwrap_or_default();
        let title = title.trim_start_matches("//!").trim().trim_end_matches('.');
        let _ = write!(out, "\n### {title}\n");
        if self.of_axum.is_none() {
            let _ = write!(out, "\n[{0}.rs](../crates/purlin/tests/ui/{0}.rs)\n", self.name);
        }
    }

    /// The program without its head, and without a `main` that only mounts it.
    fn program(&self) -> &str {
        let start = self.source.find("\n\n").map_or(0, |at| at + 2);
        let text = &self.source[start..];
        match text.find("\nfn main") {
            Some(end) if text[end..].contains("purlin::routes![") => text[..end].trim_end(),
            _ => text.trim_end(),
        }
    }

    fn said(&self) -> String {
        self.message.replace("tests/ui/", "")
    }
}

fn block(out: &mut String, language: &str, text: &str) {
    let _ = write!(out, "\n```{language}\n{}\n```\n", text.trim_end());
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::{Entry, page};

    fn entry(of_axum: Option<&str>) -> Entry {
        Entry {
            name: "a_mistake".to_owned(),
            source: "//! A mistake.\n//!\n//! error: no\n\nfn show() {}\n\nfn main() {\n    let _ = purlin::routes![show];\n}\n".to_owned(),
            message: "error: no\n  --> tests/ui/a_mistake.rs:5:1\n\n".to_owned(),
            of_axum: of_axum.map(str::to_owned),
        }
    }

    #[test]
    fn a_mistake_with_a_twin_is_shown_beside_it() {
        let page = page(&[entry(Some("It compiles.\n")), entry(None)], "rustc 1", "axum 1");
        let shown = "### A mistake\n\n```rust\nfn show() {}\n```\n\nPurlin:\n\n```text\nerror: no\n  --> a_mistake.rs:5:1\n```\n";
        assert!(page.contains(shown), "{page}");
        assert!(page.contains("a_mistake.rs): it compiles.\n"), "{page}");
        assert!(page.contains("\n2 mistakes"), "{page}");
    }
}
