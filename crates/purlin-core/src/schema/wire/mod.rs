//! Names on the wire: garde speaks of `lines[0].item_count`, the client of `/lines/0/itemCount`.
//!
//! Nothing in Rust tells what serde renames a field to, but the schema knows the result. So the path
//! is walked along the schema: a name means the property that is equal, or equal without regard to
//! case, `_` and `-`, which covers every `rename_all`. What is left are the places where Rust and the
//! wire have different *levels*: a flattened struct (one more in Rust), an enum's variant (one more
//! on the wire), a newtype (an index `0` in Rust), and names given by `rename`. There every way that
//! maps the rest of the path is tried, and taken only if there is exactly one.
//!
//! A path is as deep as the body, and a rule may be broken a hundred thousand times: the direct way
//! is followed for all places at once that a name can mean, the others only through members that
//! the value has, and all paths of one refusal share a number of steps.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::mem::take;

use garde::Path;
use garde::error::Kind;
use serde_json::Value;

use super::check::MOST_POINTER;
use super::pointer;
use super::shape::{self, Kinds, list_under};

/// How often one path may leave the direct way.
const MOST_DETOURS: usize = 2;

/// How many properties all paths of one refusal look at.
const MOST_STEPS: usize = 100_000;

/// What one segment of a path costs beside them.
const STEPS_OF_A_SEGMENT: usize = 4;

/// After how many steps nobody leaves the direct way any more.
const MOST_STEPS_OF_DETOURS: usize = 10_000;

/// A pointer, and whether the whole path went into it.
pub(super) struct Mapped {
    pub(super) pointer: String,
    pub(super) is_whole: bool,
    /// Whether it ends where the next name would make it too long to be told.
    pub(super) is_cut: bool,
}

#[derive(Clone, Debug, PartialEq)]
enum Segment<'p> {
    Key(&'p str),
    Index(usize),
}

/// garde hides its iterator from the documentation, but its own `select!` expands to it; the
/// alternative is to parse what `Display` writes, which cannot tell a dot in a map's key from one
/// between two fields.
fn segments(path: &Path) -> Vec<Segment<'_>> {
    path.__iter()
        .rev()
        .filter_map(|(kind, text)| match kind {
            Kind::None => None,
            Kind::Key => Some(Segment::Key(text.trim_start_matches("r#"))),
            Kind::Index => text.parse().ok().map(Segment::Index),
        })
        .collect()
}

/// Maps the paths of one report.
pub(super) struct Wire<'a> {
    root: &'a Value,
    instance: Option<&'a Value>,
    steps: Cell<usize>,
}

/// A place on the way.
struct Here<'a> {
    pointer: String,
    is_cut: bool,
    /// The schemas that may apply: branches can have properties of the same name.
    schemas: Vec<&'a Value>,
    /// What is there, in a value that is known.
    value: Option<&'a Value>,
}

impl<'a> Wire<'a> {
    pub(super) fn new(root: &'a Value, instance: Option<&'a Value>) -> Self {
        Self { root, instance, steps: Cell::new(0) }
    }

    pub(super) fn map(&self, schema: &'a Value, path: &Path) -> Mapped {
        let value = self.instance;
        let here = Here { pointer: String::new(), is_cut: false, schemas: vec![schema], value };
        self.walk(here, &segments(path), MOST_DETOURS)
    }

    fn walk(&self, here: Here<'a>, path: &[Segment<'_>], detours: usize) -> Mapped {
        self.spend(STEPS_OF_A_SEGMENT);
        let is_lost = match detours {
            MOST_DETOURS => self.steps.get() > MOST_STEPS,
            _ => self.has_no_more_detours() || !self.may_be(&here),
        };
        if is_lost || here.is_cut {
            return here.so_far();
        }
        match path {
            [] => Mapped { is_whole: true, ..here.so_far() },
            [Segment::Key(name), rest @ ..] => {
                let direct = self.walk_members(&here, name, rest, detours);
                let is_whole = direct.as_ref().is_some_and(|mapped| mapped.is_whole);
                let detour = (!is_whole).then(|| self.detours(&here, path, detours));
                detour.and_then(only).or(direct).unwrap_or_else(|| here.so_far())
            }
            [Segment::Index(_), ..] => self.walk_indices(here, path, detours),
        }
    }

    /// The direct way: the properties of that name or, where there are none, of one alike, and the
    /// values of a map.
    fn walk_members(
        &self,
        here: &Here<'a>,
        name: &str,
        rest: &[Segment<'_>],
        detours: usize,
    ) -> Option<Mapped> {
        // A map takes every name: on a detour that proves nothing, unless the value has it.
        let is_sure = detours == MOST_DETOURS || self.instance.is_some();
        let mut properties = self.properties(&here.schemas);
        let mut same = Vec::new();
        for (known, schema) in &properties {
            if *known == name {
                same.push(*schema);
            }
        }
        properties.retain(|(known, _)| same.is_empty() && shape::is_alike(known, name));
        if is_sure {
            for schema in &here.schemas {
                if let Some(members) = shape::other_members(schema, self.root) {
                    same.push(members);
                }
            }
        }
        let mut ways = by_name(properties);
        if !same.is_empty() {
            ways.push((name, distinct(same)));
        }
        let mut nearest = None;
        for (name, schemas) in ways {
            let mapped = self.walk(here.member(name, schemas), rest, detours);
            if mapped.is_whole {
                return Some(mapped);
            }
            nearest = nearest.or(Some(mapped));
        }
        nearest
    }

    /// Every other way that leads to the end of the path and, if we have the value, to a place in
    /// it; none when there were too many to try them all, for then nobody knows of the rest.
    fn detours(&self, here: &Here<'a>, path: &[Segment<'_>], detours: usize) -> Vec<Mapped> {
        let Some(detours) = detours.checked_sub(1).filter(|_| !self.has_no_more_detours()) else {
            return Vec::new();
        };
        let mut ways: Vec<Mapped> = Vec::new();
        for (name, schemas) in by_name(self.wrappers(&here.schemas)) {
            ways.push(self.walk(here.member(name, schemas), path, detours));
        }
        if let [Segment::Key(_), rest @ ..] = path
            && !rest.is_empty()
        {
            ways.push(self.walk(here.again(), rest, detours)); // flattened
            for (name, schemas) in by_name(self.properties(&here.schemas)) {
                ways.push(self.walk(here.member(name, schemas), rest, detours)); // renamed
            }
        }
        if self.has_no_more_detours() {
            return Vec::new();
        }
        ways.retain(|way| way.is_whole);
        ways
    }

    fn has_no_more_detours(&self) -> bool {
        self.steps.get() > MOST_STEPS_OF_DETOURS
    }

    fn properties(&self, schemas: &[&'a Value]) -> Vec<(&'a str, &'a Value)> {
        let mut properties = Vec::new();
        for schema in schemas {
            properties.extend(shape::properties(schema, self.root));
        }
        self.spend(properties.len());
        properties
    }

    /// The members that hold the content of an enum's variant.
    fn wrappers(&self, schemas: &[&'a Value]) -> Vec<(&'a str, &'a Value)> {
        let mut wrappers = Vec::new();
        for schema in schemas {
            for rules in shape::layers(schema, self.root) {
                for branch in list_under(rules, "oneOf").iter().chain(list_under(rules, "anyOf")) {
                    wrappers.extend(shape::properties(branch, self.root));
                }
            }
        }
        self.spend(wrappers.len());
        wrappers.retain(|(_, schema)| schema.get("const").is_none());
        wrappers
    }

    fn spend(&self, steps: usize) {
        self.steps.set(self.steps.get() + steps);
    }

    /// Indices are those of lists, of maps with numbers for keys, or of the only field of a newtype.
    fn walk_indices(&self, here: Here<'a>, path: &[Segment<'_>], detours: usize) -> Mapped {
        let run = path.iter().take_while(|segment| matches!(segment, Segment::Index(_)));
        let run: Vec<usize> = run.filter_map(Segment::index).collect();
        let rest = &path[run.len()..];
        let levels = self.levels(&here.schemas, run.len());
        if levels == 0
            && let Some(mapped) = only(self.detours(&here, path, detours))
        {
            return mapped;
        }
        let Some(run) = without_newtypes(&run, levels) else {
            return here.so_far();
        };
        let mut here = here;
        for index in run {
            here = here.member(&index.to_string(), self.below(&here.schemas, index));
        }
        self.walk(here, rest, detours)
    }

    /// How many of up to `most` indices the schemas have a place for.
    fn levels(&self, schemas: &[&'a Value], most: usize) -> usize {
        let mut schemas = schemas.to_vec();
        let has_place = |schema: &&'a Value| {
            let kinds = shape::kinds(schema, self.root);
            let is_map = || shape::other_members(schema, self.root).is_some();
            kinds != Kinds::ANY && (kinds.meets(Kinds::ARRAY) || is_map())
        };
        (0..most)
            .take_while(|_| {
                let has_place = schemas.iter().any(has_place);
                schemas = self.below(&schemas, 0);
                has_place
            })
            .count()
    }

    fn below(&self, schemas: &[&'a Value], index: usize) -> Vec<&'a Value> {
        self.spend(schemas.len());
        let below = schemas.iter().filter_map(|schema| {
            let item = shape::item(schema, self.root, index);
            item.or_else(|| shape::other_members(schema, self.root))
        });
        distinct(below.collect())
    }

    fn may_be(&self, here: &Here<'a>) -> bool {
        self.instance.is_none() || here.value.is_some()
    }
}

impl<'a> Here<'a> {
    fn member(&self, name: &str, schemas: Vec<&'a Value>) -> Self {
        if self.is_cut || self.pointer.len() + name.len() > MOST_POINTER {
            let pointer = self.pointer.clone();
            return Self { pointer, is_cut: true, schemas, value: None };
        }
        let value = self.value.and_then(|value| match value {
            Value::Array(items) => items.get(name.parse::<usize>().ok()?),
            _ => value.get(name),
        });
        Self { pointer: pointer::join(&self.pointer, name), is_cut: false, schemas, value }
    }

    fn again(&self) -> Self {
        Self { pointer: self.pointer.clone(), schemas: self.schemas.clone(), ..*self }
    }

    fn so_far(self) -> Mapped {
        Mapped { pointer: self.pointer, is_whole: false, is_cut: self.is_cut }
    }
}

/// Properties of the same name together: branches may each have one.
fn by_name<'a>(properties: Vec<(&'a str, &'a Value)>) -> Vec<(&'a str, Vec<&'a Value>)> {
    let mut positions: HashMap<&str, usize> = HashMap::new();
    let mut named: Vec<(&str, Vec<&Value>)> = Vec::new();
    for (name, schema) in properties {
        let position = *positions.entry(name).or_insert(named.len());
        match named.get_mut(position) {
            Some((_, schemas)) => schemas.push(schema),
            None => named.push((name, vec![schema])),
        }
    }
    for (_, schemas) in &mut named {
        *schemas = distinct(take(schemas));
    }
    named
}

/// Leaves out what is there already: branches may refer to the same schema.
fn distinct(mut schemas: Vec<&Value>) -> Vec<&Value> {
    if schemas.len() > 1 {
        let mut met = HashSet::new();
        schemas.retain(|schema| met.insert(&raw const **schema));
    }
    schemas
}

impl Segment<'_> {
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
