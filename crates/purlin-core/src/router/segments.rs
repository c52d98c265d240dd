//! Patterns segment by segment: a tree whose every turn is one segment of the path.
//!
//! It holds patterns whose parameters are whole segments, which are nearly all there are. A literal
//! goes before a parameter, and a parameter before a tail; where one leads nowhere, the next is
//! tried. So every pattern is gone along at most once, whatever the path.

use std::collections::HashMap;

use crate::pattern::{Part, parts};
use crate::request::Captures;

/// A place in the tree: what is below the segments that lead to it.
#[derive(Debug, Default)]
pub(super) struct Segments {
    literals: Literals,
    parameter: Option<Box<Self>>,
    /// The index of the pattern that ends in a tail here.
    tail: Option<usize>,
    /// The index of the pattern that ends here.
    end: Option<usize>,
}

impl Segments {
    /// A tree of these patterns; none where a segment is literal in one part and a parameter in
    /// another.
    pub(super) fn of(patterns: &[(String, usize)]) -> Option<Self> {
        let mut root = Sketch::default();
        patterns.iter().try_for_each(|(pattern, index)| root.insert(pattern, *index))?;
        Some(root.finish())
    }

    /// The index of the pattern for a path; where its parameters lie is added to `captures`, which is
    /// empty.
    pub(super) fn find(&self, path: &str, captures: &mut Captures) -> Option<usize> {
        if path.starts_with('/') { self.find_from(1, path, captures) } else { None }
    }

    /// Looks up what stands from `start` on, which is where a segment begins.
    fn find_from(&self, start: usize, path: &str, captures: &mut Captures) -> Option<usize> {
        let rest = &path.as_bytes()[start..];
        let (length, hash) = first_segment(rest);
        let end = start + length;
        if let Some(literal) = self.literals.get(&rest[..length], hash)
            && let Some(index) = literal.find_behind(end, path, captures)
        {
            return Some(index);
        }
        // An empty segment is no parameter, and no tail.
        if length > 0
            && let Some(parameter) = &self.parameter
        {
            let before = captures.len();
            captures.push(start, end)?;
            if let Some(index) = parameter.find_behind(end, path, captures) {
                return Some(index);
            }
            captures.truncate(before);
        }
        let tail = self.tail.filter(|_| !rest.is_empty())?;
        captures.push(start, path.len())?;
        Some(tail)
    }

    /// Looks up what stands behind a segment that ended at `end`.
    fn find_behind(&self, end: usize, path: &str, captures: &mut Captures) -> Option<usize> {
        if end == path.len() { self.end } else { self.find_from(end + 1, path, captures) }
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

type Slot = Option<(Box<[u8]>, Segments)>;

impl Literals {
    fn of(all: impl ExactSizeIterator<Item = (Box<[u8]>, Segments)>) -> Self {
        let count = if all.len() == 0 { 0 } else { (2 * all.len()).next_power_of_two() };
        let mut slots: Box<[Slot]> = std::iter::repeat_with(|| None).take(count).collect();
        for (literal, below) in all {
            let mut at = slot(first_segment(&literal).1, count);
            while slots[at].is_some() {
                at = (at + 1) % count;
            }
            slots[at] = Some((literal, below));
        }
        Self { slots }
    }

    fn get(&self, segment: &[u8], hash: u64) -> Option<&Segments> {
        let mut at = slot(hash, self.slots.len());
        while let Some((literal, below)) = self.slots.get(at)? {
            if **literal == *segment {
                return Some(below);
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

/// The length of the first segment of a path, and a hash of it: eight bytes at a time.
fn first_segment(rest: &[u8]) -> (usize, u64) {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const SLASHES: u64 = ONES * b'/' as u64;
    let (words, end) = rest.as_chunks::<8>();
    let (mut length, mut hash) = (0, 0);
    for word in words {
        let word = u64::from_le_bytes(*word);
        // The lowest byte that is a slash has its highest bit here, and none below it has.
        let without = word ^ SLASHES;
        let found = without.wrapping_sub(ONES) & !without & (ONES << 7);
        if found != 0 {
            let bits = found.trailing_zeros() & !7;
            let before = word & !(u64::MAX << bits);
            return (length + bits as usize / 8, mixed(hash, before));
        }
        hash = mixed(hash, word);
        length += 8;
    }
    let mut last = 0;
    for (at, byte) in end.iter().take_while(|byte| **byte != b'/').enumerate() {
        last |= u64::from(*byte) << (8 * at);
        length += 1;
    }
    (length, mixed(hash, last))
}

fn mixed(hash: u64, word: u64) -> u64 {
    (hash ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(26)
}

/// A place in the tree while patterns are added.
#[derive(Default)]
struct Sketch {
    literals: HashMap<Box<[u8]>, Self>,
    parameter: Option<Box<Self>>,
    tail: Option<usize>,
    end: Option<usize>,
}

impl Sketch {
    fn insert(&mut self, pattern: &str, index: usize) -> Option<()> {
        let mut place = self;
        for segment in pattern.strip_prefix('/')?.split('/') {
            place = match parts(segment).as_slice() {
                [Part::Parameter { tail: true, .. }] => {
                    place.tail = Some(index);
                    return Some(());
                }
                [Part::Parameter { tail: false, .. }] => place.parameter.get_or_insert_default(),
                [] | [Part::Literal(_)] => {
                    place.literals.entry(segment.as_bytes().into()).or_default()
                }
                _ => return None,
            };
        }
        place.end = Some(index);
        Some(())
    }

    fn finish(self) -> Segments {
        let literals = self.literals.into_iter().map(|(literal, below)| (literal, below.finish()));
        Segments {
            literals: Literals::of(literals),
            parameter: self.parameter.map(|below| Box::new(below.finish())),
            tail: self.tail,
            end: self.end,
        }
    }
}
