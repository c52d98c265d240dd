//! Names on the wire: garde speaks of `lines[0].item_count`, the client of `/lines/0/itemCount`.
//!
//! Nothing in Rust tells what serde renames a field to, but the schema knows the result. So the path
//! is walked along the schema: a name means the property that is equal, or equal without regard to
//! case, `_` and `-`, which covers every `rename_all`. What is left are the places where Rust and the
//! wire have different *levels*: a flattened struct (one more in Rust), an enum's variant (one more
//! on the wire), a newtype (an index `0` in Rust), and names given by `rename`. There every way that
//! maps the rest of the path is tried, and taken only if there is exactly one.

use garde::Path;
use garde::error::Kind;
use serde_json::Value;

use super::pointer;
use super::shape::{self, Kinds, each};

/// How often one path may leave the direct way.
const MOST_DETOURS: usize = 2;

/// Maps a path of garde's report to the JSON pointer in the names of the wire.
///
/// Where a part of the path cannot be mapped, the pointer to what is above it is returned: less
/// exact, never wrong.
pub fn wire_pointer(schema: &Value, root: &Value, path: &Path) -> String {
    map(schema, root, path, None).pointer
}

/// Maps a path as [`wire_pointer`] does, and lets the value itself settle what the schema leaves
/// open, such as the variant of an enum.
pub fn wire_pointer_in(schema: &Value, root: &Value, path: &Path, instance: &Value) -> String {
    map(schema, root, path, Some(instance)).pointer
}

/// A pointer, and whether the whole path went into it.
pub(super) struct Mapped {
    pub(super) pointer: String,
    pub(super) is_whole: bool,
}

pub(super) fn map(schema: &Value, root: &Value, path: &Path, instance: Option<&Value>) -> Mapped {
    let segments: Vec<Segment> = segments(path);
    let wire = Wire { root, instance };
    wire.walk(schema, String::new(), &segments, MOST_DETOURS)
}

#[derive(Clone, Debug, PartialEq)]
enum Segment {
    Key(String),
    Index(usize),
}

/// garde hides its iterator from the documentation, but its own `select!` expands to it; the
/// alternative is to parse what `Display` writes, which cannot tell a dot in a map's key from one
/// between two fields.
fn segments(path: &Path) -> Vec<Segment> {
    path.__iter()
        .rev()
        .filter_map(|(kind, text)| match kind {
            Kind::None => None,
            Kind::Key => Some(Segment::Key(text.trim_start_matches("r#").to_owned())),
            Kind::Index => text.parse().ok().map(Segment::Index),
        })
        .collect()
}

struct Wire<'a> {
    root: &'a Value,
    instance: Option<&'a Value>,
}

impl<'a> Wire<'a> {
    fn walk(&self, schema: &'a Value, here: String, path: &[Segment], detours: usize) -> Mapped {
        match path {
            [] => Mapped { pointer: here, is_whole: true },
            [Segment::Key(name), rest @ ..] => {
                let direct = self.walk_members(schema, &here, name, rest, detours);
                let is_whole = direct.as_ref().is_some_and(|mapped| mapped.is_whole);
                let detour = (!is_whole).then(|| self.detours(schema, &here, path, detours));
                detour
                    .and_then(only)
                    .or(direct)
                    .unwrap_or(Mapped { pointer: here, is_whole: false })
            }
            [Segment::Index(_), ..] => self.walk_indices(schema, here, path, detours),
        }
    }

    /// The direct way: the properties of that name, else the values of a map.
    fn walk_members(
        &self,
        schema: &'a Value,
        here: &str,
        name: &str,
        rest: &[Segment],
        detours: usize,
    ) -> Option<Mapped> {
        let known: Vec<(&str, &Value)> = shape::properties(schema, self.root).collect();
        let equal = known.iter().filter(|(known, _)| *known == name);
        let alike = known.iter().filter(|(known, _)| shape::is_alike(known, name));
        // A map takes every name: on a detour that proves nothing, unless the value has it.
        let is_sure = detours == MOST_DETOURS || self.instance.is_some();
        let other = shape::other_members(schema, self.root).filter(|_| is_sure);
        let other = other.map(|schema| (name, schema));
        let ways = equal
            .chain(alike)
            .copied()
            .chain(other)
            .map(|(name, below)| self.walk(below, pointer::join(here, name), rest, detours));
        let mut ways: Vec<Mapped> = ways.collect();
        let best = ways.iter().position(|way| way.is_whole).unwrap_or(0);
        (!ways.is_empty()).then(|| ways.swap_remove(best))
    }

    /// Every other way that leads to the end of the path and, if we have the value, to a place in it.
    fn detours(
        &self,
        schema: &'a Value,
        here: &str,
        path: &[Segment],
        detours: usize,
    ) -> Vec<Mapped> {
        let Some(detours) = detours.checked_sub(1) else {
            return Vec::new();
        };
        let below =
            |name: &str, schema, path| self.walk(schema, pointer::join(here, name), path, detours);
        let mut ways: Vec<Mapped> = self
            .wrappers(schema)
            .into_iter()
            .map(|(name, schema)| below(name, schema, path))
            .collect();
        if let [Segment::Key(_), rest @ ..] = path
            && !rest.is_empty()
        {
            ways.push(self.walk(schema, here.to_owned(), rest, detours)); // flattened
            let renamed = shape::properties(schema, self.root);
            ways.extend(renamed.map(|(name, schema)| below(name, schema, rest)));
        }
        ways.retain(|way| way.is_whole && self.may_be(&way.pointer));
        ways
    }

    /// The members that hold the content of an enum's variant.
    fn wrappers(&self, schema: &'a Value) -> Vec<(&'a str, &'a Value)> {
        shape::layers(schema, self.root)
            .into_iter()
            .flat_map(|rules| [rules.get("oneOf"), rules.get("anyOf")])
            .flatten()
            .flat_map(each)
            .flat_map(|branch| shape::properties(branch, self.root))
            .filter(|(_, schema)| schema.get("const").is_none())
            .collect()
    }

    /// Indices are those of lists, of maps with numbers for keys, or of the only field of a newtype.
    fn walk_indices(
        &self,
        schema: &'a Value,
        here: String,
        path: &[Segment],
        detours: usize,
    ) -> Mapped {
        let run = path.iter().take_while(|segment| matches!(segment, Segment::Index(_)));
        let run: Vec<usize> = run.filter_map(Segment::index).collect();
        let rest = &path[run.len()..];
        let levels = self.levels(schema, run.len());
        if levels == 0
            && let Some(mapped) = only(self.detours(schema, &here, path, detours))
        {
            return mapped;
        }
        let Some(run) = without_newtypes(&run, levels) else {
            return Mapped { pointer: here, is_whole: false };
        };
        let (mut schema, mut here) = (schema, here);
        for index in run {
            schema = self.below(schema, index);
            pointer::push(&mut here, &index.to_string());
        }
        self.walk(schema, here, rest, detours)
    }

    /// How many of up to `most` indices the schema has a place for.
    fn levels(&self, schema: &'a Value, most: usize) -> usize {
        let mut schema = schema;
        (0..most)
            .take_while(|_| {
                let kinds = shape::kinds(schema, self.root);
                let is_map = shape::other_members(schema, self.root).is_some();
                let has_place = kinds != Kinds::ANY && (kinds.meets(Kinds::ARRAY) || is_map);
                schema = self.below(schema, 0);
                has_place
            })
            .count()
    }

    fn below(&self, schema: &'a Value, index: usize) -> &'a Value {
        shape::item(schema, self.root, index)
            .or_else(|| shape::other_members(schema, self.root))
            .unwrap_or(&Value::Bool(true))
    }

    fn may_be(&self, pointer: &str) -> bool {
        self.instance.is_none_or(|instance| instance.pointer(pointer).is_some())
    }
}

impl Segment {
    fn index(&self) -> Option<usize> {
        match self {
            Self::Index(index) => Some(*index),
            Self::Key(_) => None,
        }
    }
}

/// The way to the only place that the ways lead to.
fn only(mut ways: Vec<Mapped>) -> Option<Mapped> {
    let way = ways.pop()?;
    ways.iter().all(|other| other.pointer == way.pointer).then_some(way)
}

/// Leaves as many indices as there are levels on the wire. A newtype's index is always 0, and is
/// more often inside a list (`Vec<Title>`) than around one (`struct Tags(Vec<String>)`).
fn without_newtypes(run: &[usize], levels: usize) -> Option<Vec<usize>> {
    let mut run = run.to_vec();
    while run.len() > levels {
        let newtype = run.iter().rposition(|&index| index == 0)?;
        run.remove(newtype);
    }
    Some(run)
}

#[cfg(test)]
mod tests;
