//! Patterns segment by segment: a tree whose every turn is one segment of the path.
//!
//! A literal goes before a parameter, and a parameter before a tail; where one leads nowhere, the
//! next is tried. So every pattern is gone along at most once, whatever the path.

use std::collections::HashMap;
use std::ops::Range;

use super::framed::Framed;
use crate::pattern::Segment;
use crate::request::Captures;

/// A place in the tree: what is below the segments that lead to it.
#[derive(Debug, Default)]
pub(super) struct Segments {
    literals: Literals,
    /// Below a parameter that is a whole segment.
    parameter: Option<Box<Self>>,
    others: Others,
    /// The index of the pattern that ends here.
    end: Option<usize>,
}

/// The ways on from a place that few places have.
#[derive(Debug, Default)]
enum Others {
    #[default]
    None,
    /// The index of the pattern that ends in a tail here.
    Tail(usize),
    Framed(Box<Framed>),
}

impl Segments {
    /// A tree of patterns of which no two are the same.
    pub(super) fn of<'s>(patterns: impl Iterator<Item = (&'s [Segment], usize)>) -> Self {
        let mut root = Sketch::default();
        for (pattern, index) in patterns {
            let place = pattern
                .iter()
                .fold(&mut root, |place, segment| place.below.entry(segment.clone()).or_default());
            place.end = Some(index);
        }
        root.finish()
    }

    /// The index of the pattern for a path; where its parameters lie is added to `captures`, which is
    /// empty, and holds nothing of use where there is none.
    pub(super) fn find(&self, path: &str, captures: &mut Captures) -> Option<usize> {
        let path = path.as_bytes();
        if path.first() == Some(&b'/') { self.find_from(1, path, captures) } else { None }
    }

    /// Looks up what stands from `start` on, which is where a segment begins: goes along as long as
    /// there is one way only, which is nearly always to the end.
    fn find_from(&self, start: usize, path: &[u8], captures: &mut Captures) -> Option<usize> {
        let (mut place, mut start) = (self, start);
        loop {
            let (end, hash) = segment(path, start);
            let literal = place.literals.get(&path[start..end], hash);
            // An empty segment is no parameter.
            let parameter = place.parameter.as_deref().filter(|_| end > start);
            let next = match (literal, parameter) {
                (Some(literal), None) if place.has_no_others() => literal,
                (None, Some(parameter)) if place.has_no_others() => {
                    captures.push(start, end)?;
                    parameter
                }
                (literal, parameter) => {
                    return place.find_among(literal, parameter, start..end, path, captures);
                }
            };
            if end == path.len() {
                return next.end;
            }
            (place, start) = (next, end + 1);
        }
    }

    /// Tries the ways that go on from here over a segment, one after the other.
    fn find_among(
        &self,
        literal: Option<&Self>,
        parameter: Option<&Self>,
        segment: Range<usize>,
        path: &[u8],
        captures: &mut Captures,
    ) -> Option<usize> {
        let before = captures.len();
        if let Some(literal) = literal {
            let found = literal.find_behind(segment.end, path, captures);
            if found.is_some() {
                return found;
            }
            captures.truncate(before);
        }
        if let Others::Framed(framed) = &self.others {
            let found = framed.find_parameter(segment.clone(), path, captures);
            if found.is_some() {
                return found;
            }
            captures.truncate(before);
        }
        if let Some(parameter) = parameter {
            captures.push(segment.start, segment.end)?;
            let found = parameter.find_behind(segment.end, path, captures);
            if found.is_some() {
                return found;
            }
            captures.truncate(before);
        }
        match &self.others {
            Others::None => None,
            // A tail that is empty is none.
            Others::Tail(_) if segment.start == path.len() => None,
            Others::Tail(index) => {
                captures.push(segment.start, path.len())?;
                Some(*index)
            }
            Others::Framed(framed) => framed.find_tail(segment.start, path, captures),
        }
    }

    /// Looks up what stands behind a segment that ended at `end`.
    pub(super) fn find_behind(
        &self,
        end: usize,
        path: &[u8],
        captures: &mut Captures,
    ) -> Option<usize> {
        if end == path.len() { self.end } else { self.find_from(end + 1, path, captures) }
    }

    /// The index of the pattern that ends here.
    pub(super) fn end(&self) -> Option<usize> {
        self.end
    }

    fn has_no_others(&self) -> bool {
        matches!(self.others, Others::None)
    }
}

/// The literal segments of one place, each in the slot that its hash names, or in a free one behind.
/// At least half of the slots are free. The keys come from the routes, and not from clients, so that
/// nobody can choose ones that meet in one slot.
#[derive(Debug, Default)]
struct Literals {
    /// As many as a power of two, or none.
    slots: Box<[Slot]>,
}

type Slot = Option<Literal>;

#[derive(Debug)]
struct Literal {
    hash: u64,
    text: Box<[u8]>,
    below: Segments,
}

impl Literal {
    /// Whether it is this segment, of this hash. Of up to eight bytes each has another hash: see
    /// [`mixed`].
    fn is(&self, segment: &[u8], hash: u64) -> bool {
        let is_alike = self.hash == hash && self.text.len() == segment.len();
        is_alike
            && match segment.len() {
                ..=8 => true,
                // Two words that overlap: cheaper than a call.
                9..=16 => {
                    self.text.first_chunk::<8>() == segment.first_chunk()
                        && self.text.last_chunk::<8>() == segment.last_chunk()
                }
                _ => *self.text == *segment,
            }
    }
}

impl Literals {
    fn of(all: impl ExactSizeIterator<Item = (Box<[u8]>, Segments)>) -> Self {
        let count = if all.len() == 0 { 0 } else { (2 * all.len()).next_power_of_two() };
        let mut slots: Box<[Slot]> = std::iter::repeat_with(|| None).take(count).collect();
        for (text, below) in all {
            let (_, hash) = segment(&text, 0);
            let mut at = slot(hash, count);
            while slots[at].is_some() {
                at = slot(at as u64 + 1, count);
            }
            slots[at] = Some(Literal { hash, text, below });
        }
        Self { slots }
    }

    fn get(&self, segment: &[u8], hash: u64) -> Option<&Segments> {
        let mut at = slot(hash, self.slots.len());
        while let Some(literal) = self.slots.get(at)? {
            if literal.is(segment, hash) {
                return Some(&literal.below);
            }
            at = slot(at as u64 + 1, self.slots.len());
        }
        None
    }
}

/// The slot of a hash among a power of two of them.
#[expect(clippy::cast_possible_truncation, reason = "the upper bits of a hash are not needed")]
fn slot(hash: u64, count: usize) -> usize {
    hash as usize & count.wrapping_sub(1)
}

/// Where the segment ends that begins at `at`, and a hash of it: eight bytes at a time.
fn segment(path: &[u8], mut at: usize) -> (usize, u64) {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const SLASHES: u64 = ONES * b'/' as u64;
    let mut hash = 0;
    while at < path.len() {
        let word = word(path, at);
        // The lowest byte that is a slash has its highest bit here, and none below it has.
        let without = word ^ SLASHES;
        let found = without.wrapping_sub(ONES) & !without & (ONES << 7);
        if found != 0 {
            let bits = found.trailing_zeros() & !7;
            if bits > 0 {
                hash = mixed(hash, word & !(u64::MAX << bits));
            }
            return (at + bits as usize / 8, hash);
        }
        hash = mixed(hash, word);
        at += 8;
    }
    (path.len(), hash)
}

/// The eight bytes from `at` on, the first of them lowest; zeros in the place of those that lack.
fn word(path: &[u8], at: usize) -> u64 {
    let rest = &path[at..];
    if let Some(word) = rest.first_chunk() {
        return u64::from_le_bytes(*word);
    }
    // At the end of a path that is long enough, one load and a shift take the place of a loop.
    if let Some(last) = path.last_chunk() {
        return u64::from_le_bytes(*last) >> (8 * (8 - rest.len()));
    }
    rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte))
}

/// Every word gives another hash: each of the three can be undone.
fn mixed(hash: u64, word: u64) -> u64 {
    (hash ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(26)
}

/// A place in the tree while patterns are added.
#[derive(Default)]
struct Sketch {
    below: HashMap<Segment, Self>,
    end: Option<usize>,
}

impl Sketch {
    fn finish(self) -> Segments {
        let (mut literals, mut parameter, mut tail) = (Vec::new(), None, None);
        let mut framed = Vec::new();
        for (segment, below) in self.below {
            match segment {
                _ if segment.is_framed() => framed.push((segment, below.finish())),
                Segment::Literal(text) => literals.push((text.into(), below.finish())),
                Segment::Parameter { .. } => parameter = Some(Box::new(below.finish())),
                Segment::Tail { .. } => tail = below.end,
            }
        }
        let others = match tail {
            None if framed.is_empty() => Others::None,
            Some(tail) if framed.is_empty() => Others::Tail(tail),
            _ => Others::Framed(Box::new(Framed::of(framed, tail))),
        };
        Segments { literals: Literals::of(literals.into_iter()), parameter, others, end: self.end }
    }
}
