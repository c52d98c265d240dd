//! The routes that were prepared, and what tells them apart: host, method and path, then
//! conditions.

use std::collections::HashMap;
use std::sync::Arc;

use http::Method;

use super::assembled::RouteInfo;
use crate::condition::{Choice, Condition, vary};
use crate::hosts::{HostPattern, Hosts};
use crate::openapi::{Operation, operation_key};
use crate::pattern::{meeting, shape};
use crate::pipeline::{Chain, PathVersion};
use crate::router::any_method;
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
    pub(super) other: usize,
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

    /// How many routes of the same method and path there are.
    pub(super) fn count_like(&self, entry: &Entry) -> usize {
        let is_like = |known: &&Prepared| {
            known.info.method == entry.method && known.info.pattern == entry.pattern
        };
        self.done.iter().filter(is_like).count()
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
    fn add_choice(&mut self, first: usize, index: usize, route: &Prepared) -> Result<(), Clash> {
        let clash = |other| Err(Clash { route: Box::new(route.info.clone()), other });
        // One that the framework has beside its own routes is no alternative to the application's.
        let is_same = self.done[first].info.pattern == route.info.pattern;
        if !is_same || route.info.builtin {
            return clash(first);
        }
        let choice = self
            .choices
            .entry(first)
            .or_insert_with(|| Choice { conditional: Vec::new(), otherwise: Some(first) });
        if route.conditions.is_empty() {
            if let Some(other) = choice.otherwise {
                return clash(other);
            }
            choice.otherwise = Some(index);
        } else {
            if let Some(same) = choice.has_same(&route.conditions) {
                return clash(same);
            }
            choice.conditional.push((route.conditions.clone(), index));
        }
        Ok(())
    }

    /// To be called when all routes are there: says on what their answers depend.
    pub(super) fn finish(&mut self) {
        self.hosts.finish();
        let mut before: Vec<Vec<&Choice>> = Vec::new();
        before.resize_with(self.done.len(), Vec::new);
        for (first, choice) in self.in_order() {
            for index in choice.indices() {
                before[index].insert(0, choice);
            }
            for later in self.followers(first) {
                before[later].push(choice);
            }
        }
        for (prepared, choices) in self.done.iter().zip(before) {
            if let (Some(chain), Some(vary)) = (&prepared.chain, vary(choices)) {
                let _ = chain.vary.set(vary);
            }
        }
    }

    /// The choices of which there may be no route for a request, by the index of their first, with
    /// those that are asked then.
    pub(super) fn open_choices(&self) -> Vec<(usize, Vec<&Choice>)> {
        let mut open = Vec::new();
        for (first, choice) in self.in_order() {
            if !choice.is_open() {
                continue;
            }
            let (mut ranks, mut asked) = (Vec::new(), Vec::new());
            for later in self.followers(first) {
                let Some(choice) = self.choices.get(&later) else { continue };
                // The routes without a host are the last.
                let host = self.done[later].host.as_ref();
                let rank = (host.is_none(), host.map(HostPattern::rank));
                let at = ranks.partition_point(|known| *known <= rank);
                ranks.insert(at, rank);
                asked.insert(at, choice);
            }
            asked.insert(0, choice);
            open.push((first, asked));
        }
        open
    }

    fn in_order(&self) -> Vec<(usize, &Choice)> {
        let mut all = Vec::new();
        for first in 0..self.done.len() {
            if let Some(choice) = self.choices.get(&first) {
                all.push((first, choice));
            }
        }
        all
    }

    /// The routes to which a request may come because no condition of a choice holds.
    fn followers(&self, first: usize) -> impl Iterator<Item = usize> {
        (0..self.done.len()).filter(move |later| self.may_follow(first, *later))
    }

    fn may_follow(&self, first: usize, later: usize) -> bool {
        let choice = &self.choices[&first];
        if !choice.is_open() || choice.indices().any(|index| index == later) {
            return false;
        }
        let (first, later) = (&self.done[first], &self.done[later]);
        let (one, other) = (&first.info.method, &later.info.method);
        let is_any = |method: &Method| *method == any_method();
        let is_page = |method: &Method| matches!(*method, Method::GET | Method::HEAD);
        let methods_meet =
            one == other || is_any(one) || is_any(other) || is_page(one) && is_page(other);
        let is_later = match (&first.host, &later.host) {
            (None, None) => one != other,
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (Some(host), Some(later)) if host.is_like(later) => one != other,
            (Some(host), Some(later)) => host.gives_way_to(later),
        };
        methods_meet && is_later && meeting(&first.info.pattern, &later.info.pattern).is_some()
    }
}

/// The document has one operation for a method and a path, whichever route answers: that of the
/// route without a condition and a host, or of the first.
pub(super) fn name_alternatives(done: &mut [Prepared]) {
    let mut all: HashMap<String, Vec<usize>> = HashMap::new();
    for (index, Prepared { info, doc, .. }) in done.iter().enumerate() {
        if !info.builtin && !doc.hidden {
            all.entry(operation_key(&info.method, &info.pattern)).or_default().push(index);
        }
    }
    for same in all.values() {
        let plain =
            |index: &usize| (done[*index].conditions.is_empty(), done[*index].host.is_none());
        // The first of equals: `max_by_key` would take the last.
        let Some(chief) = same.iter().rev().max_by_key(|index| plain(index)) else { continue };
        let name = done[*chief].operation.operation_id.clone();
        for index in same {
            done[*index].operation.operation_id.clone_from(&name);
        }
    }
}

/// Whether two routes differ in the names of parameters alone.
pub(super) fn is_alike(one: &RouteInfo, other: &RouteInfo) -> bool {
    shape(&one.pattern) == shape(&other.pattern)
}
