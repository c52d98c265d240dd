//! Which tokens only test builds contain.

use super::lexer::{Kind, Token};

/// Marks the tokens of items under `#[cfg(test)]`, `#[test]` and their like.
pub(crate) fn mark_tests(tokens: &mut [Token<'_>]) {
    let mut at = 0;
    while at < tokens.len() {
        let Some(attribute) = attribute(tokens, at) else {
            at += 1;
            continue;
        };
        let end = match (attribute.test, attribute.inner) {
            (true, true) => tokens.len(),
            (true, false) => item_end(tokens, attribute.end),
            (false, _) => attribute.end,
        };
        if attribute.test {
            tokens[at..end].iter_mut().for_each(|token| token.test = true);
        }
        at = end;
    }
}

struct Attribute {
    end: usize,
    /// Written `#![…]`: about what encloses it.
    inner: bool,
    test: bool,
}

/// Reads the attribute that starts at `at`, if one does.
fn attribute(tokens: &[Token<'_>], at: usize) -> Option<Attribute> {
    if !tokens[at].is("#") {
        return None;
    }
    let inner = tokens.get(at + 1)?.is("!");
    let open = at + 1 + usize::from(inner);
    if !tokens.get(open)?.is("[") {
        return None;
    }
    let end = group_end(tokens, open);
    Some(Attribute { end, inner, test: is_test(&tokens[open + 1..end]) })
}

/// `cfg(test)`, `cfg(all(test, …))`, `test`, `tokio::test(…)`; not `cfg(any(test, …))`.
fn is_test(content: &[Token<'_>]) -> bool {
    let mut words = content.iter().filter(|token| token.kind == Kind::Ident);
    if content.first().is_some_and(|token| token.is("cfg")) {
        let words: Vec<_> = words.map(|token| token.text).collect();
        return words.contains(&"test") && !words.contains(&"any") && !words.contains(&"not");
    }
    let path = content.iter().take_while(|token| token.kind == Kind::Ident || token.is("::"));
    path.last().is_some_and(|token| token.is("test")) && words.next().is_some()
}

/// Where the group that opens at `open` has closed.
fn group_end(tokens: &[Token<'_>], open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match depth_change(token) {
            1 => depth += 1,
            -1 => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    tokens.len()
}

fn depth_change(token: &Token<'_>) -> i8 {
    match token.text {
        "(" | "[" | "{" if token.kind == Kind::Punct => 1,
        ")" | "]" | "}" if token.kind == Kind::Punct => -1,
        _ => 0,
    }
}

/// What ends an item, judged by its first word.
#[derive(Clone, Copy, PartialEq)]
enum Ending {
    /// A body in braces, or a semicolon: functions, modules, types.
    Body,
    /// A semicolon: `use`, constants, statements.
    Semicolon,
    /// Also a comma: fields, variants, match arms.
    Comma,
}

/// Where the item after an attribute ends, its other attributes included.
fn item_end(tokens: &[Token<'_>], from: usize) -> usize {
    let mut at = from;
    while let Some(next) = tokens.get(at).and_then(|_| attribute(tokens, at)) {
        at = next.end;
    }
    let ending = ending(&tokens[at..]);
    while let Some(token) = tokens.get(at) {
        match token.text {
            "{" if token.is("{") => {
                at = group_end(tokens, at);
                if ending != Ending::Semicolon {
                    return at;
                }
            }
            "(" | "[" if depth_change(token) == 1 => at = group_end(tokens, at),
            ";" if token.is(";") => return at + 1,
            "," if token.is(",") && ending == Ending::Comma => return at + 1,
            _ if depth_change(token) == -1 => return at,
            _ => at += 1,
        }
    }
    at
}

fn ending(item: &[Token<'_>]) -> Ending {
    let mut words = item.iter().filter(|token| {
        token.kind == Kind::Ident
            && !matches!(token.text, "pub" | "crate" | "super" | "self" | "in")
    });
    match words.next().map_or("", |token| token.text) {
        "const" if words.next().is_some_and(|next| !is_function_word(next.text)) => {
            Ending::Semicolon
        }
        "use" | "static" | "type" | "let" => Ending::Semicolon,
        "const" | "mod" | "impl" | "struct" | "enum" | "trait" | "union" | "macro_rules" => {
            Ending::Body
        }
        word if is_function_word(word) => Ending::Body,
        _ => Ending::Comma,
    }
}

fn is_function_word(word: &str) -> bool {
    matches!(word, "fn" | "async" | "unsafe" | "extern")
}

#[cfg(test)]
mod tests {
    use super::mark_tests;
    use crate::rust::lexer::tokens;

    /// Compares the tokens that are not for tests.
    fn check(text: &str, live: &str) {
        let mut tokens = tokens(text);
        mark_tests(&mut tokens);
        let left: Vec<_> = tokens.iter().filter(|token| !token.test).map(|t| t.text).collect();
        assert_eq!(left.join(" "), live, "in `{text}`");
    }

    #[test]
    fn modules_and_functions_end_with_their_body() {
        check("#[cfg(test)] mod tests { fn a() {} } b", "b");
        check("#[cfg(test)] mod tests; b", "b");
        check("#[test] #[ignore] fn a<T, U>() where T: I<Item = u8> { {} } b", "b");
        check("#[tokio::test(flavor = \"x\")] async fn a() {} b", "b");
    }

    #[test]
    fn constants_and_imports_end_with_a_semicolon() {
        check("#[cfg(test)] use a::{b, c}; d", "d");
        check("#[cfg(test)] pub(crate) const A: [u8; 2] = B { x: 1 }.y; b", "b");
        check("#[cfg(test)] const fn a() {} b", "b");
    }

    #[test]
    fn fields_end_with_a_comma_or_their_group() {
        check("struct A { #[cfg(test)] b: (u8, u8), c: D }", "struct A { c : D }");
        check("struct A { #[cfg(test)] b: u8 } c", "struct A { } c");
    }

    #[test]
    fn a_file_may_be_all_test() {
        check("#![cfg(test)] a b", "");
    }

    #[test]
    fn what_other_builds_contain_is_live() {
        check("#[cfg(not(test))] a", "# [ cfg ( not ( test ) ) ] a");
        check("#[cfg(any(test, x))] a", "# [ cfg ( any ( test , x ) ) ] a");
        check("#[derive(test)] a", "# [ derive ( test ) ] a");
    }
}
