//! Segments of which a parameter is a part only, as in `{name}.json` and `v{number}`.
//!
//! Those of one place are grouped by the lengths of the texts before and behind the parameter. Of one
//! group at most one fits a text, and is found by its bytes, however many there are.

use std::collections::BTreeMap;
use std::ops::Range;

use super::segments::Segments;
use crate::pattern::{Segment, is_cut};
use crate::request::Captures;

/// The ways of one place over such segments. What has more text beside its parameter comes first.
#[derive(Debug)]
pub(super) struct Framed {
    parameters: Box<[Frame]>,
    tails: Box<[Frame]>,
    /// The index of the pattern that ends in a tail with no text before it.
    tail: Option<usize>,
}

impl Framed {
    pub(super) fn of(all: Vec<(Segment, Segments)>, tail: Option<usize>) -> Self {
        let is_tail = |(segment, _): &(Segment, Segments)| matches!(segment, Segment::Tail { .. });
        let (tails, parameters): (Vec<_>, Vec<_>) = all.into_iter().partition(is_tail);
        Self { parameters: frames(parameters), tails: frames(tails), tail }
    }

    /// The index of the pattern for a path that goes on behind a parameter within `segment`. Adds to
    /// `captures`, also where there is none.
    // Its own function, so that the walk that nearly all requests take stays small.
    #[inline(never)]
    pub(super) fn find_parameter(
        &self,
        segment: Range<usize>,
        path: &[u8],
        captures: &mut Captures,
    ) -> Option<usize> {
        let before = captures.len();
        self.parameters.iter().find_map(|frame| {
            let (value, below) = frame.fit(&path[segment.clone()])?;
            captures.truncate(before);
            captures.push(segment.start + value.start, segment.start + value.end)?;
            below.find_behind(segment.end, path, captures)
        })
    }

    /// The index of the pattern whose tail is all of a path from `start` on, but the text before it.
    #[inline(never)]
    pub(super) fn find_tail(
        &self,
        start: usize,
        path: &[u8],
        captures: &mut Captures,
    ) -> Option<usize> {
        let framed = self.tails.iter().find_map(|frame| frame.fit(&path[start..]));
        let (value, index) = match framed {
            Some((value, below)) => (value.start, below.end()),
            None => (0, self.tail.filter(|_| start < path.len())),
        };
        captures.push(start + value, path.len())?;
        index
    }
}

/// Texts of the same lengths before and behind a parameter.
#[derive(Debug)]
struct Frame {
    before: usize,
    behind: usize,
    /// The two texts as one, in order, and what is below.
    ways: Box<[(Box<[u8]>, Segments)]>,
}

impl Frame {
    /// What of a text is the parameter, which is not empty, and what is below it.
    fn fit(&self, text: &[u8]) -> Option<(Range<usize>, &Segments)> {
        let value = self.before..text.len().checked_sub(self.behind)?;
        text.get(value.clone()).filter(|inner| !inner.is_empty() && !is_cut(inner))?;
        let beside = text[..value.start].iter().chain(&text[value.end..]);
        let at = self.ways.binary_search_by(|(known, _)| known.iter().cmp(beside.clone())).ok()?;
        Some((value, &self.ways[at].1))
    }
}

fn frames(all: Vec<(Segment, Segments)>) -> Box<[Frame]> {
    let mut frames: BTreeMap<_, BTreeMap<Box<[u8]>, Segments>> = BTreeMap::new();
    for (segment, below) in all {
        let (before, behind) = segment.beside();
        let text = [before.as_bytes(), behind.as_bytes()].concat();
        let frame = frames.entry((segment.rank(), before.len(), behind.len())).or_default();
        frame.insert(text.into(), below);
    }
    let frames = frames.into_iter().map(|((_, before, behind), ways)| Frame {
        before,
        behind,
        ways: ways.into_iter().collect(),
    });
    frames.collect()
}
