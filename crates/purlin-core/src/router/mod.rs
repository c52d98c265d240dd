//! The lookup: a tree per method, from the path to the index of a chain.

mod framed;
mod segments;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::mem;

use http::Method;

use self::segments::Segments;
use crate::pattern::{Segment, is_conflict, segments};
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

#[derive(Debug, Default)]
struct Tree {
    /// Empty before all routes are there.
    segments: Segments,
    /// Empty after that. Patterns that may be in conflict are beside each other: under the segments
    /// that each has before the first with text beside its parameter.
    added: HashMap<Vec<Segment>, Vec<(Vec<Segment>, usize)>>,
}

impl Tree {
    fn insert(&mut self, pattern: Vec<Segment>, index: usize) -> Result<(), Conflict> {
        let stem = pattern.iter().take_while(|segment| !segment.is_framed()).cloned().collect();
        let alike = self.added.entry(stem).or_default();
        let known = alike.iter().find(|(known, _)| is_conflict(known, &pattern));
        if let Some((_, with)) = known {
            return Err(Conflict { with: *with });
        }
        alike.push((pattern, index));
        Ok(())
    }

    fn finish(&mut self) {
        let added = mem::take(&mut self.added);
        let patterns = added.values().flatten();
        self.segments = Segments::of(patterns.map(|(pattern, index)| (&**pattern, *index)));
    }
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
    pub(crate) with: usize,
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
        self.trees[position].1.insert(segments(pattern), index)
    }

    /// To be called when all routes are there.
    pub(crate) fn finish(&mut self) {
        self.trees.iter_mut().for_each(|(_, tree)| tree.finish());
    }

    /// Finds the route for a request. GET answers HEAD where nothing else does.
    pub(crate) fn find(&self, method: &Method, path: &str) -> Matched {
        let mut captures = Captures::default();
        let index = self.ask(method, |tree| {
            captures.truncate(0);
            tree.find(path, &mut captures)
        });
        if let Some(index) = index {
            return Matched::Route { index, captures };
        }
        let has = |tree: &Tree| tree.segments.find(path, &mut Captures::default()).is_some();
        let others = self.trees.iter().filter(|(_, tree)| has(tree));
        let methods: Vec<Method> = others.map(|(method, _)| method.clone()).collect();
        if methods.is_empty() { Matched::Nothing } else { Matched::OtherMethods(methods) }
    }

    /// All routes for a request: the one that [`find`](Self::find) gives, and those that would answer
    /// if it were not there.
    pub(crate) fn candidates(&self, method: &Method, path: &str) -> Vec<Matched> {
        let mut all = Vec::new();
        self.ask(method, |tree| {
            let mut captures = Captures::default();
            let index = tree.find(path, &mut captures)?;
            all.push(Matched::Route { index, captures });
            // None is the last: the next tree is asked as well.
            None::<()>
        });
        all
    }

    /// Asks the trees that may have a route for a method one after the other, until one has: its own,
    /// that of GET for HEAD, and that of every method.
    fn ask<T>(&self, method: &Method, mut look: impl FnMut(&Segments) -> Option<T>) -> Option<T> {
        let mut look_in = |method: &Method| {
            let (_, tree) = self.trees.iter().find(|(known, _)| known == method)?;
            look(&tree.segments)
        };
        let mut found = look_in(method);
        if found.is_none() && method == Method::HEAD {
            found = look_in(&Method::GET);
        }
        found.or_else(|| look_in(&any_method()))
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
