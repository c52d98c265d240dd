//! The paths a file mentions, with the trees of `use` unfolded.

use super::lexer::{Kind, Token};

/// A path as written somewhere in a file: `std::fs::read`, `crate::error::Error`.
#[derive(Debug)]
pub(crate) struct Mention<'a> {
    pub(crate) segments: Vec<&'a str>,
    /// The name it has in this file: the alias after `as`, or the last segment.
    pub(crate) name: &'a str,
    pub(crate) line: usize,
    /// Where its last segment is among the tokens.
    pub(crate) at: usize,
    pub(crate) imported: bool,
    /// Whether only test builds contain it.
    pub(crate) test: bool,
}

impl Mention<'_> {
    /// Whether the path is `path` or starts with it.
    pub(crate) fn is_in(&self, path: &str) -> bool {
        let mut wanted = path.split("::");
        let mut segments = self.segments.iter();
        wanted.all(|segment| segments.next() == Some(&segment))
    }
}

/// Finds every path; `$crate::…` is left out, because it belongs to the macro's caller.
pub(crate) fn mentions<'a>(tokens: &[Token<'a>]) -> Vec<Mention<'a>> {
    let mut reader = Reader { tokens, at: 0, found: Vec::new() };
    while reader.at < tokens.len() {
        if tokens[reader.at].is("use") {
            reader.at += 1;
            reader.tree(&[]);
        } else if reader.word().is_some() {
            reader.path();
        } else {
            reader.at += 1;
        }
    }
    reader.found
}

struct Reader<'t, 'a> {
    tokens: &'t [Token<'a>],
    at: usize,
    found: Vec<Mention<'a>>,
}

impl<'a> Reader<'_, 'a> {
    /// `a::b::c` outside `use`, up to a generic argument or anything else that is no name.
    fn path(&mut self) {
        let of_caller = self.at > 0 && self.tokens[self.at - 1].is("$");
        let mut segments = Vec::new();
        while let Some(word) = self.word() {
            segments.push(word);
            self.at += 1;
            if !self.take("::") {
                break;
            }
        }
        let name = segments.last().copied().unwrap_or_default();
        if !of_caller {
            self.push(segments, name, false);
        }
    }

    /// One branch of a `use`, below `prefix`.
    fn tree(&mut self, prefix: &[&'a str]) {
        let mut segments = prefix.to_vec();
        self.take("::");
        loop {
            if self.take("{") {
                return self.branches(&segments);
            }
            if self.is("*") {
                segments.push("*");
            } else if let Some(word) = self.word() {
                segments.push(word);
            } else {
                return;
            }
            self.at += 1;
            if !self.take("::") {
                break;
            }
        }
        let mut name = segments.last().copied().unwrap_or_default();
        if name == "self" && !prefix.is_empty() {
            segments.pop();
            name = segments.last().copied().unwrap_or_default();
        }
        if self.take("as") {
            name = self.word().unwrap_or_default();
            self.at += 1;
        }
        self.push(segments, name, true);
    }

    fn branches(&mut self, prefix: &[&'a str]) {
        while self.at < self.tokens.len() && !self.take("}") {
            let before = self.at;
            self.tree(prefix);
            self.take(",");
            if self.at == before {
                return;
            }
        }
    }

    fn push(&mut self, segments: Vec<&'a str>, name: &'a str, imported: bool) {
        let at = (self.at - 1).min(self.tokens.len() - 1);
        let Token { line, test, .. } = self.tokens[at];
        self.found.push(Mention { segments, name, line, at, imported, test });
    }

    fn word(&self) -> Option<&'a str> {
        self.tokens.get(self.at).filter(|token| token.kind == Kind::Ident).map(|token| token.text)
    }

    fn is(&self, text: &str) -> bool {
        self.tokens.get(self.at).is_some_and(|token| token.is(text))
    }

    fn take(&mut self, text: &str) -> bool {
        let taken = self.is(text);
        self.at += usize::from(taken);
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::mentions;
    use crate::rust::Source;

    fn check(text: &str, expected: &[&str]) {
        let source = Source::read(text);
        let found = mentions(&source.tokens);
        let long = found.iter().filter(|mention| mention.segments.len() > 1);
        let paths: Vec<_> = long.map(|mention| mention.segments.join("::")).collect();
        assert_eq!(paths, expected, "in `{text}`");
    }

    #[test]
    fn trees_unfold() {
        check(
            "use std::{fs, io::{self, Read as R}, net::*};",
            &["std::fs", "std::io", "std::io::Read", "std::net::*"],
        );
        check("use {crate::a, ::b::c,};", &["crate::a", "b::c"]);
    }

    #[test]
    fn expressions_and_types_count() {
        check(
            "let x: Vec<crate::a::B> = crate::c::d::<::std::fs::File>();",
            &["crate::a::B", "crate::c::d", "std::fs::File"],
        );
    }

    #[test]
    fn text_and_macro_callers_do_not_count() {
        check("// crate::a::b\n/// crate::c\nlet x = \"crate::d\"; $crate::e::f()", &[]);
    }

    #[test]
    fn aliases_are_the_name() {
        let source = Source::read("use a::b as c; use d::{self};");
        let names: Vec<_> = mentions(&source.tokens).iter().map(|mention| mention.name).collect();
        assert_eq!(names, ["c", "d"]);
    }

    #[test]
    fn unfinished_imports_end_with_the_file() {
        check("use a::{b, c::", &["a::b"]);
    }
}
