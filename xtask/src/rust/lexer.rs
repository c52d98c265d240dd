//! The tokens of a Rust file, with the line each starts on.
//!
//! Coarser than rustc's: `::` is one token, every other punctuation is one character,
//! and a number is whatever starts with a digit.

/// What a token is, as far as the checks care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A line or block comment, documentation included.
    Comment,
    /// An identifier or keyword; `r#type` is `type`.
    Ident,
    /// A lifetime, character or number.
    Literal,
    /// `::`, or one character.
    Punct,
    /// A string of any kind; the token's text is what stands between the quotes, unescaped.
    Text,
}

/// A piece of source text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token<'a> {
    pub(crate) kind: Kind,
    pub(crate) text: &'a str,
    pub(crate) line: usize,
    /// Whether only test builds contain it.
    pub(crate) test: bool,
}

impl Token<'_> {
    /// Whether this is the punctuation or word `text`, and no string or comment that reads like it.
    pub(crate) fn is(&self, text: &str) -> bool {
        matches!(self.kind, Kind::Ident | Kind::Punct) && self.text == text
    }
}

/// Splits a file into tokens.
pub(crate) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut lexer = Lexer { text, at: 0, line: 1 };
    std::iter::from_fn(|| lexer.next()).collect()
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    line: usize,
}

impl<'a> Lexer<'a> {
    fn next(&mut self) -> Option<Token<'a>> {
        self.skip(self.run(self.at, |byte| byte.is_ascii_whitespace()));
        let (line, start) = (self.line, self.at);
        let (kind, content, end) = match self.byte(start)? {
            b'/' if self.byte(start + 1) == Some(b'/') => {
                self.plain(Kind::Comment, self.run(start, |byte| byte != b'\n'))
            }
            b'/' if self.byte(start + 1) == Some(b'*') => {
                self.plain(Kind::Comment, self.block_comment_end(start))
            }
            b'"' => self.string(start),
            b'\'' => self.plain(Kind::Literal, self.quote_end(start)),
            b':' if self.byte(start + 1) == Some(b':') => self.plain(Kind::Punct, start + 2),
            byte if byte.is_ascii_digit() => self.plain(Kind::Literal, self.number_end(start)),
            byte if is_word(byte) => self.word(start),
            _ => self.plain(Kind::Punct, start + 1),
        };
        self.skip(end);
        Some(Token { kind, text: content, line, test: false })
    }

    fn skip(&mut self, end: usize) {
        self.line += self.text[self.at..end].matches('\n').count();
        self.at = end;
    }

    fn plain(&self, kind: Kind, end: usize) -> (Kind, &'a str, usize) {
        (kind, &self.text[self.at..end], end)
    }

    /// An identifier, or the prefix of a string, character or raw identifier.
    fn word(&self, start: usize) -> (Kind, &'a str, usize) {
        let end = self.run(start, is_word);
        let hashes = self.run(end, |byte| byte == b'#');
        match (&self.text[start..end], self.byte(end), self.byte(hashes)) {
            ("r" | "br" | "cr", _, Some(b'"')) => self.raw_string(hashes, hashes - end),
            ("b" | "c", Some(b'"'), _) => self.string(end),
            ("b", Some(b'\''), _) => self.plain(Kind::Literal, self.quote_end(end)),
            ("r", Some(b'#'), Some(byte)) if is_word(byte) => {
                let name_end = self.run(hashes, is_word);
                (Kind::Ident, &self.text[hashes..name_end], name_end)
            }
            (word, ..) => (Kind::Ident, word, end),
        }
    }

    fn string(&self, quote: usize) -> (Kind, &'a str, usize) {
        let mut at = quote + 1;
        while let Some(byte) = self.byte(at) {
            match byte {
                b'"' => return (Kind::Text, &self.text[quote + 1..at], at + 1),
                b'\\' => at += 2,
                _ => at += 1,
            }
        }
        (Kind::Text, &self.text[quote + 1..], self.text.len())
    }

    fn raw_string(&self, quote: usize, hashes: usize) -> (Kind, &'a str, usize) {
        let close = format!("\"{}", "#".repeat(hashes));
        let content = &self.text[quote + 1..];
        let length = content.find(&close).unwrap_or(content.len());
        let end = (quote + 1 + length + close.len()).min(self.text.len());
        (Kind::Text, &content[..length], end)
    }

    /// The end of what starts with a single quote: `'a'`, `'\n'`, `'\u{1F600}'` or a lifetime.
    fn quote_end(&self, quote: usize) -> usize {
        let Some(first) = self.text[quote + 1..].chars().next() else {
            return self.text.len();
        };
        let after = quote + 1 + first.len_utf8();
        if first == '\\' {
            let closed = self.run(after + 1, |byte| byte != b'\'' && byte != b'\n');
            return (closed + 1).min(self.text.len());
        }
        if self.byte(after) == Some(b'\'') { after + 1 } else { self.run(quote + 1, is_word) }
    }

    /// The end of a number; the dots of `0..9` and `1.max(2)` are not part of it.
    fn number_end(&self, start: usize) -> usize {
        let end = self.run(start, is_word);
        let fraction = self.byte(end + 1).is_some_and(|byte| byte.is_ascii_digit());
        if self.byte(end) == Some(b'.') && fraction { self.run(end + 1, is_word) } else { end }
    }

    fn block_comment_end(&self, start: usize) -> usize {
        let (mut at, mut depth) = (start, 0_usize);
        while at < self.text.len() {
            match &self.text.as_bytes()[at..] {
                [b'/', b'*', ..] => (at, depth) = (at + 2, depth + 1),
                [b'*', b'/', ..] => (at, depth) = (at + 2, depth - 1),
                _ => at += 1,
            }
            if depth == 0 {
                return at;
            }
        }
        self.text.len()
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    /// The end of the run of bytes that `wanted` accepts.
    fn run(&self, from: usize, wanted: impl Fn(u8) -> bool) -> usize {
        let mut at = from.min(self.text.len());
        while self.byte(at).is_some_and(&wanted) {
            at += 1;
        }
        at
    }
}

/// Bytes of names; those of characters outside ASCII count as letters.
fn is_word(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphanumeric() || !byte.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::{Kind, tokens};

    fn check(text: &str, expected: &[(Kind, &str)]) {
        let found: Vec<_> = tokens(text).iter().map(|token| (token.kind, token.text)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn strings_give_their_content() {
        check("\"a\\\"b\"", &[(Kind::Text, "a\\\"b")]);
        check(
            "r#\"a\"b\"# c\"x\" br\"y\"",
            &[(Kind::Text, "a\"b"), (Kind::Text, "x"), (Kind::Text, "y")],
        );
    }

    #[test]
    fn quotes_are_characters_or_lifetimes() {
        check(
            "'\"' '\\'' b'/' 'é' &'a str",
            &[
                (Kind::Literal, "'\"'"),
                (Kind::Literal, "'\\''"),
                (Kind::Literal, "b'/'"),
                (Kind::Literal, "'é'"),
                (Kind::Punct, "&"),
                (Kind::Literal, "'a"),
                (Kind::Ident, "str"),
            ],
        );
    }

    #[test]
    fn comments_nest_and_keep_their_text() {
        check(
            "/* a /* b */ c */ d // \"e",
            &[(Kind::Comment, "/* a /* b */ c */"), (Kind::Ident, "d"), (Kind::Comment, "// \"e")],
        );
    }

    #[test]
    fn raw_identifiers_lose_their_prefix() {
        check("r#mod::x", &[(Kind::Ident, "mod"), (Kind::Punct, "::"), (Kind::Ident, "x")]);
    }

    #[test]
    fn unfinished_text_ends_with_the_file() {
        check("\"a", &[(Kind::Text, "a")]);
        check("\"a\\", &[(Kind::Text, "a\\")]);
        check("r#\"a\"", &[(Kind::Text, "a\"")]);
        check("/* a", &[(Kind::Comment, "/* a")]);
    }

    #[test]
    fn lines_count_from_one() {
        let lines: Vec<_> = tokens("a\n\"b\n\"\nc").iter().map(|token| token.line).collect();
        assert_eq!(lines, [1, 2, 4]);
    }
}
