use std::cmp::Reverse;

use percent_encoding::percent_decode_str;

use super::*;
use crate::pattern::{meeting, shape};

fn router(patterns: &[&str]) -> Router {
    let mut router = Router::default();
    for (index, pattern) in patterns.iter().enumerate() {
        router.insert(&Method::GET, pattern, index).unwrap();
    }
    router.finish();
    router
}

/// The index of the pattern that is found for a path, and its parameters.
fn found(router: &Router, path: &str) -> Option<(usize, Vec<String>)> {
    let Matched::Route { index, captures } = router.find(&Method::GET, path) else { return None };
    let values = (0..captures.len()).map(|at| captures.get(at, path).unwrap().to_owned());
    Some((index, values.collect()))
}

fn index(router: &Router, path: &str) -> Option<usize> {
    found(router, path).map(|(index, _)| index)
}

/// The parameters of a path, if the pattern matches it, by a reading of one's own.
fn parameters(pattern: &str, path: &str) -> Option<Vec<String>> {
    let (mut rest, mut values) = (path, Vec::new());
    for segment in pattern.split('/').skip(1) {
        rest = rest.strip_prefix('/')?;
        let is_tail = segment.contains("{*");
        let end = if is_tail { rest.len() } else { rest.find('/').unwrap_or(rest.len()) };
        let text;
        (text, rest) = rest.split_at(end);
        let Some((before, name)) = segment.split_once('{') else {
            if text != segment {
                return None;
            }
            continue;
        };
        let (_, behind) = name.split_once('}').unwrap();
        let text = letters(text);
        let value = text.strip_prefix(&*letters(before))?.strip_suffix(&*letters(behind))?;
        values.push(Some(value.concat()).filter(|value| !value.is_empty())?);
    }
    rest.is_empty().then_some(values)
}

/// The letters of a text: an encoded byte is one.
fn letters(mut text: &str) -> Vec<&str> {
    let mut letters = Vec::new();
    while !text.is_empty() {
        let letter;
        (letter, text) = text.split_at(if text.starts_with('%') { 3 } else { 1 });
        letters.push(letter);
    }
    letters
}

/// What the segments of a pattern are tried by, the least first.
fn ranks(pattern: &str) -> Vec<(usize, Reverse<usize>)> {
    let rank = |segment: &str| {
        let kind = ["", "{", "{*"].iter().rposition(|kind| segment.contains(kind)).unwrap();
        let text = segment.split_once('{').map_or(String::new(), |(before, name)| {
            before.to_owned() + name.split_once('}').unwrap().1
        });
        let text = percent_decode_str(&text).decode_utf8().unwrap();
        (kind, Reverse(text.chars().count()))
    };
    pattern.split('/').map(rank).collect()
}

/// All paths of at most so many of these segments.
fn paths(pieces: &[&str], most: usize) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut from = 0;
    for _ in 0..most {
        let longest = all.split_off(from);
        from += longest.len();
        let longer =
            longest.iter().flat_map(|path| pieces.iter().map(move |p| format!("{path}/{p}")));
        let longer: Vec<_> = longer.collect();
        all.extend(longest.iter().cloned());
        all.extend(longer);
    }
    all
}

/// Compares the lookup with a matcher that tries every pattern; gives how many paths were found.
fn check(patterns: &[&str], paths: &[String]) -> usize {
    let router = router(patterns);
    let mut count = 0;
    for path in paths {
        let tried = patterns.iter().enumerate();
        let tried = tried.filter_map(|(index, pattern)| Some((index, parameters(pattern, path)?)));
        let first = tried.min_by_key(|(index, _)| ranks(patterns[*index]));
        assert_eq!(found(&router, path), first, "{path} in {patterns:?}");
        count += usize::from(first.is_some());
    }
    count
}

#[test]
fn static_beats_parameter_beats_tail_in_any_order() {
    let mut patterns = ["/users/{*rest}", "/users/{id}", "/users/me", "/users/{id}/posts"];
    for _ in 0..patterns.len() {
        patterns.rotate_left(1);
        let router = router(&patterns);
        let pattern = |path| index(&router, path).map(|index| patterns[index]);
        assert_eq!(pattern("/users/me"), Some("/users/me"));
        assert_eq!(pattern("/users/7"), Some("/users/{id}"));
        assert_eq!(pattern("/users/7/posts"), Some("/users/{id}/posts"));
        assert_eq!(pattern("/users/me/posts"), Some("/users/{id}/posts"));
        assert_eq!(pattern("/users/7/x/y"), Some("/users/{*rest}"));
    }
}

#[test]
fn a_static_segment_before_a_tail_beats_a_parameter() {
    let router = router(&["/{org}/{repo}", "/assets/{*path}"]);
    assert_eq!(index(&router, "/assets/x"), Some(1));
    assert_eq!(index(&router, "/acme/x"), Some(0));
}

#[test]
fn a_parameter_ends_behind_an_encoded_byte_and_not_in_it() {
    let router = router(&["/{name}A9", "/{other}", "/x/{name}9/{*rest}"]);
    assert_eq!(index(&router, "/%C3%A9"), Some(1));
    assert_eq!(index(&router, "/%C3%A9A9"), Some(0));
    assert_eq!(index(&router, "/xA9"), Some(0));
    assert_eq!(index(&router, "/x/%C3%A9/y"), None);
    assert_eq!(index(&router, "/x/%C3%A99/y"), Some(2));
}

#[test]
fn a_matcher_that_tries_every_pattern_finds_the_same() {
    let whole = [
        "/",
        "/{a}",
        "/a",
        "/a/",
        "/a/{b}",
        "/a/b",
        "/a/{b}/c",
        "/{a}/b/{c}",
        "/a/b/{c}/{d}",
        "/{*rest}",
        "/a/{*rest}",
        "/{a}/c/{*rest}",
        "/a/b/c/{*rest}",
        "/{a}/{b}/b/c",
        "/b//a",
        "/%2F/{a}",
    ];
    let all = paths(&["", "a", "b", "c", "%2F", "abcdefghi"], 5);
    assert!(check(&whole, &all) > 1000);
    let framed = [
        "/a{x}",
        "/a{x}/{y}",
        "/{x}bb/b",
        "/a{x}b/a",
        "/{x}/a{*rest}",
        "/{x}/{y}b/b",
        "/ab{*rest}",
        "/a{*rest}",
    ];
    let framed = [&framed[..], &whole].concat();
    let all = paths(&["", "a", "b", "ab", "abb", "aabb", "%2F"], 4);
    assert!(check(&framed, &all) > 1000);
    let none = router(&framed);
    assert!(found(&none, "*").is_none() && found(&none, "").is_none());
}

/// Two patterns are in conflict exactly if both match some path, and the first segment in which they
/// differ is of one rank in both.
#[test]
fn what_is_in_conflict_is_known_from_the_paths() {
    let patterns = [
        "/",
        "/a",
        "/a/",
        "/ab",
        "/a/b",
        "/%C3%A9",
        "/{x}",
        "/{x}/",
        "/{x}/b",
        "/a/{x}",
        "/{x}/{y}",
        "/a{x}",
        "/b{x}",
        "/{x}b",
        "/{x}A9",
        "/{x}%C3%A9",
        "/%C3%A9{x}",
        "/a{x}b",
        "/aa{x}",
        "/a{x}/b",
        "/{x}b/b",
        "/{x}b/{y}",
        "/{x}b/{*rest}",
        "/a{x}/a{*rest}",
        "/{x}b/b{y}",
        "/{*rest}",
        "/a{*rest}",
        "/ab{*rest}",
        "/a/{*rest}",
        "/{x}/{*rest}",
        "/a/b{*rest}",
    ];
    let pieces =
        ["", "a", "b", "ab", "aab", "abb", "%C3%A9", "%C3%A9A9", "aA9", "a%C3%A9", "%C3%A9b"];
    let paths = paths(&pieces, 3);
    let matched: Vec<Vec<bool>> = patterns
        .iter()
        .map(|pattern| paths.iter().map(|path| parameters(pattern, path).is_some()).collect())
        .collect();
    for (at, one) in patterns.iter().enumerate() {
        for (other_at, other) in patterns.iter().enumerate() {
            let context = format!("{one} and {other}");
            let both = (0..paths.len()).any(|path| matched[at][path] && matched[other_at][path]);
            let meets = meeting(one, other);
            assert!(meets.is_some() || !both, "{context}");
            let is_right =
                |path: &String| [one, other].iter().all(|p| parameters(p, path).is_some());
            assert!(meets.iter().all(is_right), "{context}: {meets:?}");
            let mut segments = one.split('/').zip(other.split('/'));
            let differing = segments.position(|(one, other)| shape(one) != shape(other));
            let is_open = differing.is_none_or(|at| ranks(one)[at] == ranks(other)[at]);
            let mut router = Router::default();
            router.insert(&Method::GET, one, 7).unwrap();
            let second = router.insert(&Method::GET, other, 8);
            assert_eq!(second.is_err(), meets.is_some() && is_open, "{context}");
            match second {
                Ok(()) => assert_eq!(check(&[one, other], meets.as_slice()), meets.iter().count()),
                Err(conflict) => assert_eq!(conflict.with, 7),
            }
        }
    }
}

/// S-045
#[test]
fn literals_are_literal() {
    let router = router(&["/a.b"]);
    assert_eq!(index(&router, "/a.b"), Some(0));
    assert_eq!(index(&router, "/aXb"), None);
}
