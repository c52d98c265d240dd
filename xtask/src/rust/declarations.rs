//! The `mod` lines of a file.

use std::ops::Range;

use super::lexer::{Kind, Token};

/// A module declared by a file.
#[derive(Debug)]
pub(crate) struct Declaration<'a> {
    pub(crate) name: &'a str,
    pub(crate) line: usize,
    /// Whether only test builds contain it.
    pub(crate) test: bool,
    /// The modules with a body in this file that it stands in, outermost first.
    pub(crate) parents: Vec<&'a str>,
    /// The value of `#[path = "…"]`.
    pub(crate) path: Option<&'a str>,
    /// The tokens of its body, unless that is in another file.
    pub(crate) body: Option<Range<usize>>,
}

/// Finds the modules that a file declares, with or without a body.
pub(crate) fn declarations<'a>(tokens: &[Token<'a>]) -> Vec<Declaration<'a>> {
    let mut found: Vec<Declaration<'a>> = Vec::new();
    let mut open: Vec<(usize, usize)> = Vec::new();
    let (mut depth, mut path) = (0_usize, None);
    for (at, token) in tokens.iter().enumerate() {
        if token.is("{") {
            depth += 1;
        } else if token.is("}") {
            depth = depth.saturating_sub(1);
            if let Some((_, index)) = open.pop_if(|(outside, _)| *outside == depth) {
                found[index].body = found[index].body.take().map(|body| body.start..at);
            }
        }
        if token.is(";") || token.is("{") || token.is("}") {
            path = None;
        }
        path = path_attribute(&tokens[at..]).or(path);
        let Some((name, has_body)) = module(&tokens[at..]) else {
            continue;
        };
        found.push(Declaration {
            name,
            line: token.line,
            test: token.test,
            parents: open.iter().map(|(_, index)| found[*index].name).collect(),
            path: path.take(),
            body: has_body.then_some(at + 3..tokens.len()),
        });
        if has_body {
            open.push((depth, found.len() - 1));
        }
    }
    found
}

/// The name after `mod`, and whether a body follows.
fn module<'a>(tokens: &[Token<'a>]) -> Option<(&'a str, bool)> {
    let [keyword, name, end, ..] = tokens else {
        return None;
    };
    let declares = keyword.is("mod") && name.kind == Kind::Ident && (end.is(";") || end.is("{"));
    declares.then(|| (name.text, end.is("{")))
}

/// The value of an attribute `[path = "…"]`.
fn path_attribute<'a>(tokens: &[Token<'a>]) -> Option<&'a str> {
    let [open, name, equals, value, ..] = tokens else {
        return None;
    };
    let matches = open.is("[") && name.is("path") && equals.is("=") && value.kind == Kind::Text;
    matches.then_some(value.text)
}

#[cfg(test)]
mod tests {
    use super::declarations;
    use crate::rust::Source;

    #[test]
    fn bodies_nest_and_close() {
        let source = Source::read("mod a { fn f() {} mod b; } pub(crate) mod c;");
        let found = declarations(&source.tokens);
        let names: Vec<_> =
            found.iter().map(|d| format!("{}/{}", d.parents.join("/"), d.name)).collect();
        assert_eq!(names, ["/a", "a/b", "/c"]);
        let body = found[0].body.clone().expect("`a` has a body");
        assert!(source.tokens[body.start].is("fn") && source.tokens[body.end].is("}"));
    }

    #[test]
    fn a_path_belongs_to_the_next_module_only() {
        let source = Source::read("#[path = \"x.rs\"] pub mod a; mod b;");
        let paths: Vec<_> = declarations(&source.tokens).iter().map(|d| d.path).collect();
        assert_eq!(paths, [Some("x.rs"), None]);
    }

    #[test]
    fn test_modules_are_marked() {
        let source = Source::read("mod a; #[cfg(test)] mod tests;");
        let tests: Vec<_> = declarations(&source.tokens).iter().map(|d| d.test).collect();
        assert_eq!(tests, [false, true]);
    }
}
