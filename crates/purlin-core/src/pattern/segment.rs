//! Patterns segment by segment: what goes before what, and whether two patterns can be told apart.

use std::cmp::Reverse;

use percent_encoding::percent_decode_str;

use super::normalize;

/// A segment of a pattern in its one spelling, without the name of its parameter: those that are
/// equal match the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Segment {
    Literal(Box<str>),
    /// A parameter, and the text before and behind it.
    Parameter {
        before: Box<str>,
        behind: Box<str>,
    },
    /// All that is left of a path, and the text before it.
    Tail {
        before: Box<str>,
    },
}

/// The segments of a pattern that was checked.
pub(crate) fn segments(pattern: &str) -> Vec<Segment> {
    normalize(pattern).split('/').skip(1).map(Segment::read).collect()
}

/// Whether there are paths that both match, and nothing says which of them goes before the other.
///
/// The first segment in which they differ decides, by its [rank](Segment::rank).
pub(crate) fn is_conflict(one: &[Segment], other: &[Segment]) -> bool {
    let same = one.iter().zip(other).take_while(|(one, other)| one == other).count();
    match (&one[same..], &other[same..]) {
        ([], []) => true,
        (one @ [first, ..], other @ [second, ..]) => {
            first.rank() == second.rank() && meet(one, other).is_some()
        }
        _ => false,
    }
}

/// A path that both patterns match, if there is one.
pub(crate) fn meeting(one: &str, other: &str) -> Option<String> {
    meet(&segments(one), &segments(other))
}

/// Whether a text ends amid an encoded byte: `{name}A9` fits `%C3%A9`, and does not mean it.
pub(crate) fn is_cut(text: &[u8]) -> bool {
    matches!(text, [.., b'%'] | [.., b'%', _])
}

impl Segment {
    fn read(text: &str) -> Self {
        let Some((before, rest)) = text.split_once('{') else { return Self::Literal(text.into()) };
        let (name, behind) = rest.split_once('}').unwrap_or((rest, ""));
        if name.starts_with('*') {
            Self::Tail { before: before.into() }
        } else {
            Self::Parameter { before: before.into(), behind: behind.into() }
        }
    }

    /// The text before its parameter, and behind it.
    pub(crate) fn beside(&self) -> (&str, &str) {
        match self {
            Self::Literal(_) => ("", ""),
            Self::Parameter { before, behind } => (before, behind),
            Self::Tail { before } => (before, ""),
        }
    }

    /// Whether there is text beside its parameter.
    pub(crate) fn is_framed(&self) -> bool {
        self.beside() != ("", "")
    }

    /// What it is tried by, the least first: a literal, then a parameter, then a tail; of two
    /// parameters, or tails, the one with more text beside it.
    ///
    /// Of two with one rank both match some text only if they are parameters with text beside them.
    pub(crate) fn rank(&self) -> (u8, Reverse<usize>) {
        let kind = match self {
            Self::Literal(_) => 0,
            Self::Parameter { .. } => 1,
            Self::Tail { .. } => 2,
        };
        let (before, behind) = self.beside();
        (kind, Reverse(characters(before) + characters(behind)))
    }

    /// A text that it matches.
    fn example(&self) -> String {
        match self {
            Self::Literal(text) => text.to_string(),
            Self::Parameter { before, behind } => format!("{before}x{behind}"),
            Self::Tail { before } => format!("{before}x"),
        }
    }

    /// A text that both match; neither is a tail.
    fn meet(&self, other: &Self) -> Option<String> {
        match (self, other) {
            (Self::Parameter { before, behind }, Self::Parameter { before: b, behind: e }) => {
                let (before, behind) = (longer_start(before, b)?, longer_end(behind, e)?);
                Some(format!("{before}x{behind}"))
            }
            (Self::Parameter { before, behind }, Self::Literal(text))
            | (Self::Literal(text), Self::Parameter { before, behind }) => {
                let value = text.strip_prefix(&**before)?.strip_suffix(&**behind)?;
                (!value.is_empty() && !is_cut(value.as_bytes())).then(|| text.to_string())
            }
            _ => (self == other).then(|| self.example()),
        }
    }
}

fn meet(one: &[Segment], other: &[Segment]) -> Option<String> {
    match (one, other) {
        ([], []) => Some(String::new()),
        ([Segment::Tail { before }], other) | (other, [Segment::Tail { before }]) => {
            meet_tail(before, other)
        }
        ([one, ones @ ..], [other, others @ ..]) => {
            Some(format!("/{}{}", one.meet(other)?, meet(ones, others)?))
        }
        _ => None,
    }
}

/// A path that a tail and these segments match.
fn meet_tail(before: &str, segments: &[Segment]) -> Option<String> {
    let (first, rest) = segments.split_first()?;
    let first = match first {
        // A tail that is empty is none.
        Segment::Literal(text) if rest.is_empty() && **text == *before => return None,
        Segment::Literal(text) => text.starts_with(before).then(|| text.to_string())?,
        Segment::Parameter { before: b, behind } => {
            format!("{}x{behind}", longer_start(before, b)?)
        }
        Segment::Tail { before: b } => format!("{}x", longer_start(before, b)?),
    };
    Some(rest.iter().fold(format!("/{first}"), |path, segment| path + "/" + &segment.example()))
}

/// The longer of two texts, if it begins with the other.
fn longer_start<'t>(one: &'t str, other: &'t str) -> Option<&'t str> {
    let (short, long) = if one.len() < other.len() { (one, other) } else { (other, one) };
    long.starts_with(short).then_some(long)
}

/// The longer of two texts, if it ends with the other.
fn longer_end<'t>(one: &'t str, other: &'t str) -> Option<&'t str> {
    let (short, long) = if one.len() < other.len() { (one, other) } else { (other, one) };
    let rest = long.strip_suffix(short)?;
    (!is_cut(rest.as_bytes())).then_some(long)
}

/// How many characters a text stands for.
fn characters(text: &str) -> usize {
    let is_first = |byte: &u8| byte & 0b1100_0000 != 0b1000_0000;
    percent_decode_str(text).filter(is_first).count()
}
