//! The order in which faults are told: the order of the document.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::{Map, Value};

use super::super::pointer;
use super::Violation;

/// Sorts by place: a value before what is in it, members and items as they follow each other, and
/// missing members after those that are there.
pub(super) fn by_document(found: Vec<Violation>, instance: &Value) -> Vec<Violation> {
    if found.len() < 2 {
        return found;
    }
    let (mut known, mut ordered) = (Vec::new(), Vec::new());
    for (place, fault) in places(&found, instance).into_iter().zip(found) {
        let at = known.partition_point(|before| *before <= place);
        known.insert(at, place);
        ordered.insert(at, fault);
    }
    ordered
}

/// The ways to the faults in positions, worked out for all of them level by level: an object may
/// have as many members as a body has room for, and is looked through once.
fn places(found: &[Violation], instance: &Value) -> Vec<Vec<usize>> {
    let mut at: Vec<Option<&Value>> = vec![Some(instance); found.len()];
    let mut places = vec![Vec::new(); found.len()];
    let mut ways: Vec<_> = found.iter().map(|fault| pointer::tokens(&fault.pointer)).collect();
    loop {
        let tokens: Vec<Option<Cow<'_, str>>> = ways.iter_mut().map(Iterator::next).collect();
        if tokens.iter().all(Option::is_none) {
            return places;
        }
        let positions = Positions::of(&at, &tokens);
        for (which, token) in tokens.iter().enumerate() {
            let Some(token) = token else { continue };
            let (position, below) = positions.step(at[which], token);
            places[which].push(position);
            at[which] = below;
        }
    }
}

/// The positions of the members that are asked for, in each object that has one of them. There are no
/// more objects than faults, which are [few](super::MOST_FAULTS), so that they are a list.
struct Positions<'w>(Vec<OfObject<'w>>);

struct OfObject<'w> {
    members: &'w Members,
    positions: HashMap<&'w str, usize>,
}

type Members = Map<String, Value>;

impl<'w> Positions<'w> {
    fn of(at: &[Option<&'w Value>], wanted: &'w [Option<Cow<'w, str>>]) -> Self {
        let mut objects = Self(Vec::new());
        for (at, token) in at.iter().zip(wanted) {
            if let (Some(Value::Object(members)), Some(token)) = (at, token)
                && members.contains_key(&**token)
            {
                let at = objects.of_members(members).unwrap_or_else(|| {
                    objects.0.push(OfObject { members, positions: HashMap::new() });
                    objects.0.len() - 1
                });
                objects.0[at].positions.insert(token, 0);
            }
        }
        objects.0.iter_mut().for_each(OfObject::locate);
        objects
    }

    fn of_members(&self, members: &Members) -> Option<usize> {
        self.0.iter().position(|object| std::ptr::eq(object.members, members))
    }

    fn step<'v>(&self, at: Option<&'v Value>, token: &str) -> (usize, Option<&'v Value>) {
        match at {
            Some(Value::Object(members)) => {
                let object = self.of_members(members).map(|at| &self.0[at]);
                let position = object.and_then(|object| object.positions.get(token)).copied();
                (position.unwrap_or(usize::MAX), members.get(token))
            }
            Some(Value::Array(items)) => {
                let index = token.parse().unwrap_or(usize::MAX);
                (index, items.get(index))
            }
            _ => (usize::MAX, None),
        }
    }
}

impl OfObject<'_> {
    fn locate(&mut self) {
        let mut left = self.positions.len();
        for (position, name) in self.members.keys().enumerate() {
            if let Some(found) = self.positions.get_mut(name.as_str()) {
                *found = position;
                left -= 1;
                if left == 0 {
                    return;
                }
            }
        }
    }
}
