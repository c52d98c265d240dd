//! The routes that were prepared, and what tells them apart: host, method and path, then
//! conditions.

use std::collections::HashMap;
use std::sync::Arc;

use super::assembled::RouteInfo;
use crate::condition::{Choice, Condition};
use crate::hosts::{HostPattern, Hosts};
use crate::openapi::Operation;
use crate::pattern::shape;
use crate::pipeline::{Chain, PathVersion};
use crate::routes::{Entry, RouteDoc};

/// One route on its way into the router.
pub(super) struct Prepared {
    /// Absent where something is wrong with it, which is in the report.
    pub(super) chain: Option<Arc<Chain>>,
    pub(super) host: Option<HostPattern>,
    pub(super) conditions: Vec<Condition>,
    pub(super) operation: Operation,
    pub(super) info: RouteInfo,
    pub(super) doc: RouteDoc,
}

/// Two routes that nothing tells apart.
pub(super) struct Clash {
    pub(super) route: Box<RouteInfo>,
    /// The index of the route that was there before.
    pub(super) other: Option<usize>,
}

/// The routes that were prepared, and how one of them is found.
#[derive(Default)]
pub(super) struct Table {
    pub(super) hosts: Hosts,
    pub(super) choices: HashMap<usize, Choice>,
    pub(super) path_versions: Vec<PathVersion>,
    pub(super) done: Vec<Prepared>,
}

impl Table {
    /// Remembers where in the path the name of a version stands.
    pub(super) fn note_version(&mut self, entry: &Entry) {
        let Some(beside) = &entry.common.path_versions else { return };
        let segments: Vec<&str> = entry.pattern.split('/').skip(1).collect();
        let Some(before) = segments.len().checked_sub(beside.behind + 1) else { return };
        let prefix = segments[..before].join("/");
        let names = Arc::clone(&beside.names);
        let version = PathVersion { prefix: shape(&prefix), names };
        if !self.path_versions.contains(&version) {
            self.path_versions.push(version);
        }
    }

    pub(super) fn add(&mut self, route: Prepared) -> Result<(), Clash> {
        let index = self.done.len();
        let Prepared { host, info, conditions, .. } = &route;
        match self.hosts.insert(host.as_ref(), &info.method, &info.pattern, index) {
            Ok(()) if conditions.is_empty() => {}
            Ok(()) => {
                let conditional = vec![(conditions.clone(), index)];
                self.choices.insert(index, Choice { conditional, otherwise: None });
            }
            Err(conflict) => self.add_choice(conflict.with, index, &route)?,
        }
        self.done.push(route);
        Ok(())
    }

    /// Adds a route to those of the same method and path, if conditions tell them apart.
    fn add_choice(
        &mut self,
        first: Option<usize>,
        index: usize,
        route: &Prepared,
    ) -> Result<(), Clash> {
        let clash = |other| Err(Clash { route: Box::new(route.info.clone()), other });
        // One that the framework has beside its own routes is no alternative to the application's.
        let first_info = first.map(|first| &self.done[first].info);
        let is_same = first_info.is_some_and(|info| info.pattern == route.info.pattern);
        let Some(first) = first.filter(|_| is_same && !route.info.builtin) else {
            return clash(first);
        };
        let choice = self
            .choices
            .entry(first)
            .or_insert_with(|| Choice { conditional: Vec::new(), otherwise: Some(first) });
        if route.conditions.is_empty() {
            if choice.otherwise.is_some() {
                return clash(choice.otherwise);
            }
            choice.otherwise = Some(index);
        } else {
            if let Some(same) = choice.has_same(&route.conditions) {
                return clash(Some(same));
            }
            choice.conditional.push((route.conditions.clone(), index));
        }
        Ok(())
    }

    pub(super) fn finish(&mut self) {
        self.hosts.finish();
        for choice in self.choices.values() {
            let Some(vary) = choice.vary() else { continue };
            for chain in choice.indices().filter_map(|index| self.done[index].chain.as_ref()) {
                let _ = chain.vary.set(vary.clone());
            }
        }
    }
}

/// The document has one operation for a method and a path, whichever route answers: that of the
/// route without a condition, or of the first.
pub(super) fn name_choices(choices: &HashMap<usize, Choice>, done: &mut [Prepared]) {
    for choice in choices.values() {
        let Some(chief) = choice.otherwise.or_else(|| choice.indices().next()) else { continue };
        let name = done[chief].operation.operation_id.clone();
        for index in choice.indices() {
            done[index].operation.operation_id.clone_from(&name);
        }
    }
}

/// Whether two routes differ in the names of parameters alone.
pub(super) fn is_alike(one: &RouteInfo, other: &RouteInfo) -> bool {
    shape(&one.pattern) == shape(&other.pattern)
}
