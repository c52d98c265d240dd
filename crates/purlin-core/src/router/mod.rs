//! The lookup: a tree per method, from the path to the index of a chain.

mod segments;

use std::collections::HashMap;

use http::Method;
use matchit::InsertError;

use self::segments::Segments;
use crate::pattern::normalize;
use crate::request::Captures;

/// What stands for every method, in the table of routes too. It is a method that nobody has.
pub(crate) fn any_method() -> Method {
    Method::from_bytes(b"*").expect("`*` is a token")
}

/// One tree for each method that has routes.
#[derive(Debug, Default)]
pub(crate) struct Router {
    trees: Vec<(Method, Tree)>,
}

/// Patterns, looked up by path. While routes are added it finds those that are in conflict; it
/// answers requests only where [`Segments`] cannot.
#[derive(Debug, Default)]
struct Lookup {
    all: matchit::Router<usize>,
    /// Those that cannot end a parameter amid an encoded byte, where there are others: `{name}A9`
    /// matches the text `/%C3%A9`, and not what it says.
    safe: Option<matchit::Router<usize>>,
}

impl Lookup {
    fn at<'t, 'p>(&'t self, path: &'p str) -> Option<matchit::Match<'t, 'p, &'t usize>> {
        let found = self.all.at(path).ok()?;
        match &self.safe {
            Some(safe) if found.params.iter().any(|(_, value)| is_cut(value)) => safe.at(path).ok(),
            _ => Some(found),
        }
    }

    /// To be called with all patterns that are in it.
    fn finish<'a>(&mut self, patterns: impl Iterator<Item = &'a (String, usize)> + Clone) {
        let is_safe = |(pattern, _): &&(String, usize)| !may_cut(pattern);
        if patterns.clone().all(|pattern| is_safe(&pattern)) {
            return;
        }
        let safe = self.safe.insert(matchit::Router::new());
        for (pattern, index) in patterns.filter(is_safe) {
            // What stood beside each other in the larger table does so in the smaller one.
            let _ = safe.insert(pattern.clone(), *index);
        }
    }
}

/// Whether a parameter ends where the digits of an encoded byte could be.
fn may_cut(pattern: &str) -> bool {
    pattern.split('}').skip(1).any(|rest| rest.starts_with(|c: char| c.is_ascii_hexdigit()))
}

/// Whether a text ends before the second digit of its last encoded byte.
fn is_cut(value: &str) -> bool {
    matches!(value.as_bytes(), [.., b'%'] | [.., b'%', _])
}

#[derive(Debug, Default)]
struct Tree {
    /// All routes, if no segment of theirs is a parameter in part only. The others are empty then.
    segments: Option<Segments>,
    /// Routes that end.
    routes: Lookup,
    /// Routes that end in a tail.
    tails: Lookup,
    ranks: HashMap<usize, Box<[u8]>>,
    patterns: Vec<(String, usize)>,
}

impl Tree {
    /// The index of the route for a path; where its parameters lie is added to `captures`.
    fn at(&self, path: &str, captures: &mut Captures) -> Option<usize> {
        if let Some(segments) = &self.segments {
            return segments.find(path, captures);
        }
        let found = self.matched(path)?;
        found.params.iter().try_for_each(|(_, value)| captures.push_part(path, value))?;
        Some(*found.value)
    }

    fn has(&self, path: &str) -> bool {
        self.at(path, &mut Captures::default()).is_some()
    }

    /// Where a route and a tail both match, the first segment in which they differ decides:
    /// static before parameter before tail.
    fn matched<'t, 'p>(&'t self, path: &'p str) -> Option<matchit::Match<'t, 'p, &'t usize>> {
        let route = self.routes.at(path);
        if self.ranks.is_empty() {
            return route;
        }
        let tail = self.tails.at(path);
        match (route, tail) {
            (Some(route), Some(tail)) => {
                let tail_wins = self.rank(*tail.value) < self.rank(*route.value);
                Some(if tail_wins { tail } else { route })
            }
            (route, tail) => route.or(tail),
        }
    }

    fn rank(&self, index: usize) -> &[u8] {
        self.ranks.get(&index).map(|rank| &**rank).unwrap_or_default()
    }

    /// Tails are rare: only where there is one, the kinds of all segments are kept.
    fn finish(&mut self) {
        self.segments = Segments::of(&self.patterns);
        if self.segments.is_some() {
            (self.routes, self.tails) = (Lookup::default(), Lookup::default());
            return;
        }
        let patterns = self.patterns.iter();
        self.routes.finish(patterns.clone().filter(|(pattern, _)| !is_tail(pattern)));
        self.tails.finish(patterns.clone().filter(|(pattern, _)| is_tail(pattern)));
        if patterns.clone().any(|(pattern, _)| is_tail(pattern)) {
            let ranks = self.patterns.iter().map(|(pattern, index)| (*index, rank(pattern)));
            self.ranks = ranks.collect();
        }
    }
}

fn is_tail(pattern: &str) -> bool {
    pattern.contains("{*")
}

fn rank(pattern: &str) -> Box<[u8]> {
    let kind = |segment: &str| match segment {
        tail if tail.contains("{*") => 2,
        parameter if parameter.contains('{') => 1,
        _ => 0,
    };
    pattern.split('/').map(kind).collect()
}

/// What was found for a path.
#[derive(Debug)]
pub(crate) enum Matched {
    Route {
        index: usize,
        captures: Captures,
    },
    /// The path has routes, of other methods.
    OtherMethods(Vec<Method>),
    Nothing,
}

/// Two routes that cannot be told apart.
#[derive(Debug)]
pub(crate) struct Conflict {
    /// The index of the route that was there before.
    pub(crate) with: Option<usize>,
}

impl Router {
    /// Adds a route; `pattern` was checked.
    pub(crate) fn insert(
        &mut self,
        method: &Method,
        pattern: &str,
        index: usize,
    ) -> Result<(), Conflict> {
        let position = self.trees.iter().position(|(known, _)| known == method);
        let position = position.unwrap_or_else(|| {
            self.trees.push((method.clone(), Tree::default()));
            self.trees.len() - 1
        });
        let tree = &mut self.trees[position].1;
        let normal = normalize(pattern);
        let routes = if is_tail(pattern) { &mut tree.tails } else { &mut tree.routes };
        match routes.all.insert(normal.clone(), index) {
            Ok(()) => {
                tree.patterns.push((normal, index));
                Ok(())
            }
            Err(InsertError::Conflict { with, .. }) => {
                let other = tree.patterns.iter().find(|(known, _)| *known == with);
                Err(Conflict { with: other.map(|(_, index)| *index) })
            }
            Err(_) => Err(Conflict { with: None }),
        }
    }

    /// To be called when all routes are there.
    pub(crate) fn finish(&mut self) {
        self.trees.iter_mut().for_each(|(_, tree)| tree.finish());
    }

    /// Finds the route for a request. GET answers HEAD where nothing else does.
    pub(crate) fn find(&self, method: &Method, path: &str) -> Matched {
        let mut captures = Captures::default();
        let mut index = self.find_in(method, path, &mut captures);
        if index.is_none() && method == Method::HEAD {
            index = self.find_in(&Method::GET, path, &mut captures);
        }
        if index.is_none() {
            index = self.find_in(&any_method(), path, &mut captures);
        }
        if let Some(index) = index {
            return Matched::Route { index, captures };
        }
        let others = self.trees.iter().filter(|(_, tree)| tree.has(path));
        let methods: Vec<Method> = others.map(|(method, _)| method.clone()).collect();
        if methods.is_empty() { Matched::Nothing } else { Matched::OtherMethods(methods) }
    }

    /// All routes for a request: the one that [`find`](Self::find) gives, and those that would answer
    /// if it were not there.
    pub(crate) fn candidates(&self, method: &Method, path: &str) -> impl Iterator<Item = Matched> {
        let of_get = (method == Method::HEAD).then_some(Method::GET);
        let methods = [Some(method.clone()), of_get, Some(any_method())].into_iter().flatten();
        methods.filter_map(move |method| {
            let mut captures = Captures::default();
            let index = self.find_in(&method, path, &mut captures)?;
            Some(Matched::Route { index, captures })
        })
    }

    fn find_in(&self, method: &Method, path: &str, captures: &mut Captures) -> Option<usize> {
        let (_, tree) = self.trees.iter().find(|(known, _)| known == method)?;
        captures.truncate(0);
        tree.at(path, captures)
    }

    /// All methods that have routes.
    pub(crate) fn methods(&self) -> Vec<Method> {
        let methods = self.trees.iter().map(|(method, _)| method.clone());
        methods.filter(|method| *method != any_method()).collect()
    }

    /// All methods that answer on a path, as `Allow` lists them.
    pub(crate) fn allow(methods: &[Method]) -> String {
        let mut all: Vec<&str> = methods.iter().map(Method::as_str).collect();
        if all.contains(&"GET") && !all.contains(&"HEAD") {
            all.push("HEAD");
        }
        if !all.contains(&"OPTIONS") {
            all.push("OPTIONS");
        }
        all.sort_unstable_by_key(|method| order(method));
        all.join(", ")
    }
}

fn order(method: &str) -> (usize, &str) {
    const USUAL: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    (USUAL.iter().position(|known| *known == method).unwrap_or(USUAL.len()), method)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(router: &Router, path: &str) -> Option<usize> {
        match router.find(&Method::GET, path) {
            Matched::Route { index, .. } => Some(index),
            _ => None,
        }
    }

    #[test]
    fn static_beats_parameter_beats_tail_in_any_order() {
        let patterns = ["/users/{*rest}", "/users/{id}", "/users/me", "/users/{id}/posts"];
        for turn in 0..patterns.len() {
            let mut router = Router::default();
            for offset in 0..patterns.len() {
                let at = (turn + offset) % patterns.len();
                router.insert(&Method::GET, patterns[at], at).unwrap();
            }
            router.finish();
            assert_eq!(index(&router, "/users/me"), Some(2));
            assert_eq!(index(&router, "/users/7"), Some(1));
            assert_eq!(index(&router, "/users/7/posts"), Some(3));
            assert_eq!(index(&router, "/users/me/posts"), Some(3));
            assert_eq!(index(&router, "/users/7/x/y"), Some(0));
        }
    }

    #[test]
    fn a_static_segment_before_a_tail_beats_a_parameter() {
        let mut router = Router::default();
        router.insert(&Method::GET, "/{org}/{repo}", 0).unwrap();
        router.insert(&Method::GET, "/assets/{*path}", 1).unwrap();
        router.finish();
        assert_eq!(index(&router, "/assets/x"), Some(1));
        assert_eq!(index(&router, "/acme/x"), Some(0));
    }

    #[test]
    fn a_parameter_ends_behind_an_encoded_byte_and_not_in_it() {
        let mut router = Router::default();
        for (at, pattern) in ["/{name}A9", "/{other}", "/x/{name}9/{*rest}"].iter().enumerate() {
            router.insert(&Method::GET, pattern, at).unwrap();
        }
        router.finish();
        assert_eq!(index(&router, "/%C3%A9"), Some(1));
        assert_eq!(index(&router, "/%C3%A9A9"), Some(0));
        assert_eq!(index(&router, "/xA9"), Some(0));
        assert_eq!(index(&router, "/x/%C3%A9/y"), None);
        assert_eq!(index(&router, "/x/%C3%A99/y"), Some(2));
    }

    /// What `Segments` answers, the other lookup answers as well.
    #[test]
    fn both_lookups_find_the_same() {
        let patterns = [
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
            "/a/b/c/{*rest}",
            "/{a}/{b}/b/c",
            "/b//a",
            "/%2F/{a}",
        ];
        let mut tree = Router::default();
        for (index, pattern) in patterns.iter().enumerate() {
            tree.insert(&Method::GET, pattern, index).unwrap();
        }
        tree.finish();
        let mut other = Router::default();
        // One segment that is a parameter in part keeps all of them out of the quick tree.
        for (index, pattern) in patterns.iter().chain(&["/zz/x{y}"]).enumerate() {
            other.insert(&Method::GET, pattern, index).unwrap();
        }
        other.finish();
        assert!(tree.trees[0].1.segments.is_some() && other.trees[0].1.segments.is_none());
        let pieces = ["", "a", "b", "c", "%2F", "abcdefghi"];
        let count = pieces.len();
        let mut found = 0;
        for length in 1..=5 {
            for mut number in 0..count.pow(length) {
                let mut path = String::new();
                for _ in 0..length {
                    path = path + "/" + pieces[number % count];
                    number /= count;
                }
                let told = |router: &Router| {
                    let mut captures = Captures::default();
                    let index = router.trees[0].1.at(&path, &mut captures)?;
                    let parts = (0..captures.len()).map(|at| captures.get(at, &path));
                    Some((index, parts.map(|part| part.map(str::to_owned)).collect::<Vec<_>>()))
                };
                assert_eq!(told(&tree), told(&other), "{path}");
                found += usize::from(told(&tree).is_some());
            }
        }
        assert!(found > 1000, "{found}");
        assert!(!tree.trees[0].1.has("*") && !tree.trees[0].1.has(""));
    }

    /// S-045
    #[test]
    fn literals_are_literal() {
        let mut router = Router::default();
        router.insert(&Method::GET, "/a.b", 0).unwrap();
        assert_eq!(index(&router, "/a.b"), Some(0));
        assert_eq!(index(&router, "/aXb"), None);
    }

    #[test]
    fn routes_that_match_the_same_conflict() {
        let mut router = Router::default();
        router.insert(&Method::GET, "/books/{id}", 0).unwrap();
        assert_eq!(router.insert(&Method::GET, "/books/{slug}", 1).unwrap_err().with, Some(0));
        router.insert(&Method::POST, "/books/{slug}", 1).unwrap();
    }
}
