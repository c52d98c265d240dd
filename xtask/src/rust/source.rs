//! One Rust file, read.

use std::collections::BTreeSet;

use super::lexer::{self, Kind, Token};
use super::regions::mark_tests;

/// A file as tokens; its comments apart.
#[derive(Debug)]
pub(crate) struct Source<'a> {
    pub(crate) tokens: Vec<Token<'a>>,
    pub(crate) comments: Vec<Token<'a>>,
    pub(crate) lines: usize,
}

impl<'a> Source<'a> {
    pub(crate) fn read(text: &'a str) -> Self {
        let all = lexer::tokens(text).into_iter();
        let (comments, mut tokens): (Vec<_>, Vec<_>) =
            all.partition(|token| token.kind == Kind::Comment);
        mark_tests(&mut tokens);
        Self { tokens, comments, lines: text.lines().count() }
    }

    /// Makes the whole file test code: only `#[cfg(test)]` modules or test targets reach it.
    pub(crate) fn mark_test(&mut self) {
        self.tokens.iter_mut().for_each(|token| token.test = true);
    }

    /// The tokens that other builds than tests contain.
    pub(crate) fn live(&self) -> impl Iterator<Item = &Token<'a>> {
        self.tokens.iter().filter(|token| !token.test)
    }

    /// The lines that hold live code: no comment, no blank, no test.
    pub(crate) fn code_lines(&self) -> usize {
        let lines = self
            .live()
            .flat_map(|token| token.line..=token.line + token.text.matches('\n').count());
        lines.collect::<BTreeSet<_>>().len()
    }

    /// The lines on which the live tokens `words` follow each other.
    pub(crate) fn lines_with(&self, words: &[&str]) -> Vec<usize> {
        let live: Vec<_> = self.live().collect();
        let windows = live.windows(words.len());
        let hits =
            windows.filter(|window| window.iter().zip(words).all(|(token, word)| token.is(word)));
        hits.map(|window| window[0].line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Source;

    #[test]
    fn code_lines_leave_out_comments_blanks_and_tests() {
        let text =
            "//! Docs\n\nfn a() {\n    // why\n    b(\"x\ny\");\n}\n\n#[cfg(test)]\nmod t {}\n";
        assert_eq!(Source::read(text).code_lines(), 4);
    }

    #[test]
    fn words_are_found_across_spaces_but_not_in_text() {
        let source = Source::read("a\n  .unwrap ();\nb(\".unwrap()\"); // .unwrap()\n");
        assert_eq!(source.lines_with(&[".", "unwrap", "(", ")"]), [2]);
    }
}
