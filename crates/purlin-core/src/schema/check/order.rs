//! The order in which faults are told: the order of the document.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::super::pointer;
use super::Violation;

/// Sorts by place: a value before what is in it, members and items as they follow each other, and
/// missing members after those that are there.
pub(crate) fn by_document(mut found: Vec<Violation>, instance: &Value) -> Vec<Violation> {
    if found.len() > 1 {
        let mut places = Places::default();
        found.sort_by_cached_key(|violation| places.of(&violation.pointer, instance));
    }
    found
}

/// The positions of members, counted once for each object that has a fault in it.
#[derive(Default)]
struct Places<'v>(HashMap<*const Map<String, Value>, HashMap<&'v str, usize>>);

impl<'v> Places<'v> {
    fn of(&mut self, pointer: &str, instance: &'v Value) -> Vec<usize> {
        let mut here = Some(instance);
        pointer::tokens(pointer)
            .map(|token| {
                let (position, below) = match here {
                    Some(Value::Object(members)) => {
                        (self.member(members, &token), members.get(&*token))
                    }
                    Some(Value::Array(items)) => {
                        let index = token.parse().unwrap_or(usize::MAX);
                        (index, items.get(index))
                    }
                    _ => (usize::MAX, None),
                };
                here = below;
                position
            })
            .collect()
    }

    fn member(&mut self, members: &'v Map<String, Value>, name: &str) -> usize {
        let positions = self.0.entry(&raw const *members).or_insert_with(|| {
            let names = members.keys().map(String::as_str);
            names.zip(0..).collect()
        });
        positions.get(name).copied().unwrap_or(usize::MAX)
    }
}
