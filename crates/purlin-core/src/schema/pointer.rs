//! JSON pointers (RFC 6901), written and read one token at a time.

use std::borrow::Cow;

use serde_json::Value;

/// Appends one token, escaped.
pub(crate) fn push(pointer: &mut String, token: &str) {
    pointer.push('/');
    if !token.contains(['~', '/']) {
        return pointer.push_str(token);
    }
    for letter in token.chars() {
        match letter {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            other => pointer.push(other),
        }
    }
}

/// The pointer one token below `parent`.
pub(crate) fn join(parent: &str, token: &str) -> String {
    let mut pointer = parent.to_owned();
    push(&mut pointer, token);
    pointer
}

/// The tokens of a pointer, unescaped.
pub(crate) fn tokens(pointer: &str) -> impl Iterator<Item = Cow<'_, str>> {
    pointer.split('/').skip(1).map(unescape)
}

/// How many tokens a pointer has.
pub(crate) fn depth(pointer: &str) -> usize {
    pointer.matches('/').count()
}

/// The pointer without its last token; the root is its own parent.
pub(crate) fn parent(pointer: &str) -> &str {
    pointer.rfind('/').map_or("", |end| &pointer[..end])
}

/// The nearest pointer above this one that has at most so many bytes.
pub(crate) fn near(pointer: &str, most: usize) -> &str {
    let mut pointer = parent(pointer);
    while pointer.len() > most {
        pointer = parent(pointer);
    }
    pointer
}

/// The pointer to the nearest value around both places, or to one of them if the other is in it.
pub(crate) fn common<'p>(one: &'p str, other: &str) -> &'p str {
    let tokens = one.split('/').zip(other.split('/'));
    let same = tokens.take_while(|(one, other)| one == other);
    let length: usize = same.map(|(token, _)| token.len() + 1).sum();
    &one[..length.saturating_sub(1)]
}

/// The longest beginning of `pointer` that exists in `instance`.
pub(crate) fn existing<'p>(instance: &Value, pointer: &'p str) -> &'p str {
    let mut pointer = pointer;
    while !pointer.is_empty() && instance.pointer(pointer).is_none() {
        pointer = parent(pointer);
    }
    pointer
}

fn unescape(token: &str) -> Cow<'_, str> {
    if !token.contains('~') {
        return Cow::Borrowed(token);
    }
    // RFC 6901 §4: `~1` first, or `~01` would become `/`.
    Cow::Owned(token.replace("~1", "/").replace("~0", "~"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn tokens_survive_the_round_trip() {
        let pointer = join(&join("", "a/b"), "m~n");
        assert_eq!(pointer, "/a~1b/m~0n");
        assert_eq!(tokens(&pointer).collect::<Vec<_>>(), ["a/b", "m~n"]);
        assert_eq!(tokens("").count(), 0);
    }

    #[test]
    fn what_is_around_a_place_is_found_token_by_token() {
        assert_eq!(near("/ab/cd/ef", 100), "/ab/cd");
        assert_eq!(near("/ab/cd/ef", 5), "/ab");
        assert_eq!(near("/ab/cd/ef", 2), "");
        assert_eq!(common("/a/b/c", "/a/b/d"), "/a/b");
        assert_eq!(common("/a/b", "/a/bc"), "/a");
        assert_eq!(common("/a/b", "/a/b/c"), "/a/b");
        assert_eq!(common("/a", "/b"), "");
        assert_eq!(common("", "/b"), "");
    }

    #[test]
    fn the_existing_part_ends_at_the_first_missing_member() {
        let instance = json!({"a": [{"b": 1}]});
        assert_eq!(existing(&instance, "/a/0/b"), "/a/0/b");
        assert_eq!(existing(&instance, "/a/0/c/d"), "/a/0");
        assert_eq!(existing(&instance, "/x"), "");
    }
}
