//! How far a service reaches: over the whole application, or over a group of routes in it.
//!
//! Groups lie in each other, and whoever asks for a service gets the one of the innermost group around
//! it. What is known of a group here is only what services it has: where none has any, all routes
//! have the reach of the application.

use std::collections::HashMap;

use super::registration::Group;

/// The whole application, or a group of routes that has services of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Reach(usize);

impl Reach {
    pub(crate) const APPLICATION: Self = Self(0);
}

/// All groups that have services of their own.
#[derive(Debug, Default)]
pub(super) struct Reaches {
    groups: Vec<Known>,
    /// The same group in the same surroundings is known already.
    known: HashMap<(Reach, Vec<usize>), Reach>,
}

#[derive(Debug)]
struct Known {
    outer: Reach,
    prefix: String,
}

impl Reaches {
    /// The reach of a group in another, and whether it was not known yet.
    pub(super) fn within(&mut self, outer: Reach, group: &Group) -> (Reach, bool) {
        let identity = (outer, group.identity());
        if let Some(known) = self.known.get(&identity) {
            return (*known, false);
        }
        self.groups.push(Known { outer, prefix: group.prefix.clone() });
        let reach = Reach(self.groups.len());
        self.known.insert(identity, reach);
        (reach, true)
    }

    /// What is around a group; nothing is around the application.
    pub(super) fn outer(&self, reach: Reach) -> Option<Reach> {
        self.group(reach).map(|group| group.outer)
    }

    /// How a message names it.
    pub(super) fn name(&self, reach: Reach) -> String {
        match self.group(reach) {
            Some(group) if group.prefix.is_empty() => "a group of routes".to_owned(),
            Some(group) => format!("the group `{}`", group.prefix),
            None => "the application".to_owned(),
        }
    }

    fn group(&self, reach: Reach) -> Option<&Known> {
        self.groups.get(reach.0.checked_sub(1)?)
    }
}
