//! Which services there are, who needs them, and the slots they will lie in.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

use super::provide::Pending;
use super::reach::{Reach, Reaches};
use super::registration::{Group, Registration};
use crate::error::Result;
use crate::report::{Lack, Mistake, Place, Report, Reported, short_type_name};

/// The place of a service: empty at assembly, filled by the start.
pub struct Slot<T: ?Sized>(Arc<OnceLock<Arc<T>>>);

impl<T: ?Sized> Slot<T> {
    pub(crate) fn empty() -> Self {
        Self(Arc::default())
    }

    pub(crate) fn fill(&self, service: Arc<T>) {
        // A slot has one provider, which runs once; a second value cannot come.
        let _ = self.0.set(service);
    }

    /// The service.
    ///
    /// # Panics
    ///
    /// Before the start. Requests, hooks and tasks only run after it.
    pub fn get(&self) -> &Arc<T> {
        self.0.get().expect("services are there from the start on")
    }
}

impl<T: ?Sized> Clone for Slot<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: ?Sized> fmt::Debug for Slot<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = if self.0.get().is_some() { "filled" } else { "empty" };
        write!(f, "Slot<{}>({state})", short_type_name::<T>())
    }
}

/// Makes a new instance of a transient service.
pub(crate) type Transient<T> = Arc<dyn Fn() -> Result<Arc<T>> + Send + Sync>;

/// How a service is had: from its slot, or made anew each time.
pub(crate) enum Source<T: ?Sized> {
    Single(Slot<T>),
    Each(Arc<OnceLock<Transient<T>>>),
}

/// One service: its type, and how far it reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    service: TypeId,
    reach: Reach,
}

pub(super) struct Entry {
    pub(super) name: String,
    pub(super) place: Place,
    pub(super) needs: Vec<Key>,
    source: Box<dyn Any + Send + Sync>,
    pub(super) pending: Option<Box<dyn Pending>>,
}

/// All services of an application.
#[derive(Default)]
pub(crate) struct ServiceTable {
    pub(super) entries: HashMap<Key, Entry>,
    pub(super) order: Vec<Key>,
    reaches: Reaches,
    /// Types of which there is one service and no other, whatever else is provided.
    replaced: Vec<TypeId>,
}

impl fmt::Debug for ServiceTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.entries.values().map(|entry| &entry.name)).finish()
    }
}

impl ServiceTable {
    /// Adds a service of the application; a later one of the same type replaces an earlier one.
    pub(crate) fn provide(&mut self, service: &Registration) {
        self.register(service, Reach::APPLICATION);
    }

    /// Adds a service that is there already.
    pub(crate) fn add<T: ?Sized + Send + Sync + 'static>(
        &mut self,
        place: Place,
        source: Source<T>,
    ) {
        if !self.replaced.contains(&TypeId::of::<T>()) {
            Adding { table: self, place, reach: Reach::APPLICATION }.add(source, None);
        }
    }

    /// Puts a service in the place of all others of its type, also of those of groups.
    pub(crate) fn replace(&mut self, service: &Registration) {
        self.replaced.retain(|known| *known != service.service);
        self.register(service, Reach::APPLICATION);
        self.replaced.push(service.service);
    }

    fn register(&mut self, service: &Registration, reach: Reach) {
        if !self.replaced.contains(&service.service) {
            service.add(Adding { place: service.place, table: self, reach });
        }
    }

    /// The reach of what stands in these groups, innermost first. The services of groups that were
    /// not met before are added.
    pub(crate) fn reach_within(&mut self, groups: &[Group]) -> Reach {
        groups.iter().rev().fold(Reach::APPLICATION, |outer, group| {
            let (reach, is_new) = self.reaches.within(outer, group);
            for service in group.services().iter().filter(|_| is_new) {
                self.register(service, reach);
            }
            reach
        })
    }

    /// What is outside of that many groups.
    pub(crate) fn outside_of(&self, groups: usize, reach: Reach) -> Reach {
        (0..groups).fold(reach, |reach, _| self.reaches.outer(reach).unwrap_or(reach))
    }

    /// The service of a type that somebody gets: that of the innermost group around him. A group's
    /// provider that asks for what it makes gets the one from outside, to build upon it.
    fn find(&self, service: TypeId, asking: &Asking) -> Option<Key> {
        let mut reach = Some(asking.reach).filter(|_| !self.replaced.contains(&service));
        while let Some(inner) = reach.filter(|reach| *reach != Reach::APPLICATION) {
            let key = Key { service, reach: inner };
            if self.entries.contains_key(&key) && asking.service != Some(key) {
                return Some(key);
            }
            reach = self.reaches.outer(inner);
        }
        let key = Key { service, reach: Reach::APPLICATION };
        self.entries.contains_key(&key).then_some(key)
    }

    fn source<T: ?Sized + Send + Sync + 'static>(&self, key: Key) -> Option<&Source<T>> {
        self.entries.get(&key)?.source.downcast_ref()
    }

    /// The groups that have a service which is missing elsewhere, with the places of its providers;
    /// whoever asks is none of these.
    fn groups_with(&self, service: TypeId, asking: &Asking) -> Vec<String> {
        let is_other = |key: &&Key| key.service == service && asking.service != Some(**key);
        let keys = self.order.iter().filter(is_other);
        let groups = keys.filter_map(|key| {
            let place = self.entries.get(key)?.place;
            Some(format!("{} ({place})", self.reaches.name(key.reach)))
        });
        groups.collect()
    }

    /// Lets every provider say what it needs, then looks for circles.
    pub(crate) fn prepare(&mut self, report: &mut Report) {
        let mut missing = Vec::new();
        for id in self.order.clone() {
            let Some(entry) = self.entries.get_mut(&id) else { continue };
            let Some(mut pending) = entry.pending.take() else { continue };
            let (consumer, place) = (entry.name.clone(), entry.place);
            let mut needs = Needs::new(self, report, consumer, place);
            needs.asking = Asking { reach: id.reach, service: Some(id) };
            pending.prepare(&mut needs);
            let wanted = needs.wanted;
            missing.extend(needs.missing);
            if let Some(entry) = self.entries.get_mut(&id) {
                entry.needs = wanted;
                entry.pending = Some(pending);
            }
        }
        self.report_missing(missing, report);
        self.report_circles(report);
    }

    fn report_circles(&self, report: &mut Report) {
        let mut done: Vec<Key> = Vec::new();
        for start in &self.order {
            let mut path = Vec::new();
            self.walk(*start, &mut path, &mut done, report);
        }
    }

    fn walk(&self, id: Key, path: &mut Vec<Key>, done: &mut Vec<Key>, report: &mut Report) {
        if let Some(from) = path.iter().position(|seen| *seen == id) {
            self.report_circle(&path[from..], report);
            return;
        }
        if done.contains(&id) {
            return;
        }
        path.push(id);
        if let Some(entry) = self.entries.get(&id) {
            for need in &entry.needs {
                self.walk(*need, path, done, report);
            }
        }
        path.pop();
        done.push(id);
    }

    fn report_circle(&self, circle: &[Key], report: &mut Report) {
        let (mut names, mut places) = (Vec::new(), Vec::new());
        for id in circle {
            if let Some(entry) = self.entries.get(id) {
                names.push(entry.name.as_str());
                places.push(entry.place);
            }
        }
        if let Some(first) = names.first().copied() {
            names.push(first);
        }
        report.add(Mistake {
            code: "P0302",
            message: format!("services need each other: {}", names.join(" → ")),
            places,
            labels: Vec::new(),
            origin: None,
            help: Some(
                "let one of them be given to the other later, or split off what both need".into(),
            ),
        });
    }

    /// Reports what is missing, with the whole chain by which it is needed:
    /// `Checkout → Payments → HttpClient`.
    fn report_missing(&self, missing: Vec<Missing>, report: &mut Report) {
        for Missing { by, mut lack, mut user, place } in missing {
            let mut chain: Vec<Key> = vec![by];
            while let Some(id) =
                self.user_of(chain[chain.len() - 1]).filter(|id| !chain.contains(id))
            {
                chain.push(id);
            }
            let users = chain[1..].iter().filter_map(|id| self.entries.get(id));
            for entry in users {
                user = format!("{} → {user}", entry.name);
                lack.alone = format!("{} → {}", entry.name, lack.alone);
            }
            report.add_lack(lack, user, place);
        }
    }

    fn user_of(&self, id: Key) -> Option<Key> {
        let uses =
            |user: &&Key| self.entries.get(*user).is_some_and(|entry| entry.needs.contains(&id));
        self.order.iter().find(uses).copied()
    }

    pub(super) fn keys(&self) -> &[Key] {
        &self.order
    }

    /// Whether a service is among `wanted` or what these need.
    pub(crate) fn is_needed<T: ?Sized + 'static>(&self, wanted: &[Key]) -> bool {
        self.needed_for(wanted).iter().any(|key| key.service == TypeId::of::<T>())
    }

    /// The services `wanted` and everything they need, in the order in which they were added.
    pub(super) fn needed_for(&self, wanted: &[Key]) -> Vec<Key> {
        let mut needed: Vec<Key> = Vec::new();
        let mut open = wanted.to_vec();
        while let Some(id) = open.pop() {
            if !needed.contains(&id) {
                needed.push(id);
                if let Some(entry) = self.entries.get(&id) {
                    open.extend_from_slice(&entry.needs);
                }
            }
        }
        let mut in_order = self.order.clone();
        in_order.retain(|id| needed.contains(id));
        in_order
    }
}

/// Puts one service into a table.
pub(crate) struct Adding<'a> {
    table: &'a mut ServiceTable,
    place: Place,
    reach: Reach,
}

impl Adding<'_> {
    pub(super) fn add<T: ?Sized + Send + Sync + 'static>(
        self,
        source: Source<T>,
        pending: Option<Box<dyn Pending>>,
    ) {
        self.add_entry(TypeId::of::<T>(), short_type_name::<T>(), Box::new(source), pending);
    }

    fn add_entry(
        self,
        service: TypeId,
        name: String,
        source: Box<dyn Any + Send + Sync>,
        pending: Option<Box<dyn Pending>>,
    ) {
        let Self { table, place, reach } = self;
        let key = Key { service, reach };
        let entry = Entry { name, place, needs: Vec::new(), source, pending };
        if table.entries.insert(key, entry).is_none() {
            table.order.push(key);
        }
    }
}

/// Who asks for a service: where it stands, and what it makes, where it is a provider.
#[derive(Clone, Copy, Debug, Default)]
struct Asking {
    reach: Reach,
    service: Option<Key>,
}

/// A service that another one needs and nobody provides.
struct Missing {
    by: Key,
    lack: Lack,
    user: String,
    place: Place,
}

/// Through which a consumer of services asks for them.
pub struct Needs<'a> {
    table: &'a mut ServiceTable,
    report: &'a mut Report,
    consumer: String,
    place: Place,
    muted: bool,
    wanted: Vec<Key>,
    asking: Asking,
    missing: Vec<Missing>,
}

impl fmt::Debug for Needs<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Needs").field("consumer", &self.consumer).finish_non_exhaustive()
    }
}

impl<'a> Needs<'a> {
    pub(crate) fn new(
        table: &'a mut ServiceTable,
        report: &'a mut Report,
        consumer: String,
        place: Place,
    ) -> Self {
        Self {
            table,
            report,
            consumer,
            place,
            muted: false,
            wanted: Vec::new(),
            asking: Asking::default(),
            missing: Vec::new(),
        }
    }

    /// Asks from within groups of routes.
    pub(crate) fn within(mut self, reach: Reach) -> Self {
        self.asking.reach = reach;
        self
    }

    /// Everything that was asked for and is there.
    pub(crate) fn into_wanted(self) -> Vec<Key> {
        self.wanted
    }

    /// Asks for a service; without a provider it is a mistake.
    pub fn need<T: ?Sized + Send + Sync + 'static>(&mut self) -> Result<Slot<T>, Reported> {
        match self.source::<T>()? {
            Source::Single(slot) => Ok(slot),
            Source::Each(_) => Err(self.has_no_slot(&short_type_name::<T>())),
        }
    }

    fn has_no_slot(&mut self, name: &str) -> Reported {
        self.refuse(
            "P0304",
            format!(
                "{} → {name}: it is made anew each time, so there is no slot for it",
                self.consumer
            ),
            "take it as `Inject<…>`".to_owned(),
        )
    }

    pub(crate) fn source<T: ?Sized + Send + Sync + 'static>(
        &mut self,
    ) -> Result<Source<T>, Reported> {
        let Some(key) = self.table.find(TypeId::of::<T>(), &self.asking) else {
            return Err(self.missing(TypeId::of::<T>(), &short_type_name::<T>()));
        };
        let source = match self.table.source::<T>(key) {
            Some(Source::Single(slot)) => Source::Single(slot.clone()),
            Some(Source::Each(make)) => Source::Each(Arc::clone(make)),
            None => return Err(self.missing(TypeId::of::<T>(), &short_type_name::<T>())),
        };
        self.wanted.push(key);
        Ok(source)
    }

    fn missing(&mut self, id: TypeId, name: &str) -> Reported {
        let mut help = match name.strip_prefix("dyn ") {
            Some(_) => format!("call `.provide_as::<{name}>(Arc::new(…))` on the application"),
            None => format!(
                "call `.provide(…)` with a `{name}` on the application, or `.provide_with(…)`"
            ),
        };
        let elsewhere = self.table.groups_with(id, &self.asking).join(" and in ");
        let (mut alone, mut shared) = ("not provided".to_owned(), "not provided".to_owned());
        if !elsewhere.is_empty() {
            alone = format!("not provided here, but in {elsewhere}");
            shared = format!("not provided outside of {elsewhere}");
            help = format!("add the routes that need it to that group, or {help}");
        }
        let lack = Lack {
            code: "P0301",
            id,
            alone: format!("{} → {name}: {alone}", self.consumer),
            shared: format!("`{name}` is {shared}"),
            help,
        };
        let service = self.asking.service.filter(|_| !self.muted);
        let Some(by) = service else { return self.lack(lack) };
        self.missing.push(Missing { by, lack, user: self.consumer.clone(), place: self.place });
        Reported(())
    }

    fn lack(&mut self, lack: Lack) -> Reported {
        if self.muted {
            return Reported(());
        }
        self.report.add_lack(lack, self.consumer.clone(), self.place)
    }

    /// The slot of a section of the configuration.
    pub(crate) fn section_of<T: Send + Sync + 'static>(
        &mut self,
    ) -> Result<Slot<super::Section<T>>, Reported> {
        let slot = self.optional(Self::need::<super::Section<T>>);
        slot.ok_or_else(|| self.lacks_section(TypeId::of::<T>(), &short_type_name::<T>()))
    }

    fn lacks_section(&mut self, id: TypeId, name: &str) -> Reported {
        self.lack(Lack {
            code: "P0402",
            id,
            alone: format!("{} → Config<{name}>: no section is declared for it", self.consumer),
            shared: format!("no section is declared for `Config<{name}>`"),
            help: format!("call `.config::<{name}>(\"section\")` on the application"),
        })
    }

    /// Adds a mistake of this consumer to the report.
    pub fn refuse(&mut self, code: &'static str, message: String, help: String) -> Reported {
        if self.muted {
            return Reported(());
        }
        let help = (!help.is_empty()).then_some(help);
        let places = vec![self.place];
        self.report.add(Mistake { code, message, places, labels: Vec::new(), origin: None, help })
    }

    /// Tries `f`; what goes wrong inside is not a mistake.
    pub fn optional<T>(&mut self, f: impl FnOnce(&mut Self) -> Result<T, Reported>) -> Option<T> {
        let before = std::mem::replace(&mut self.muted, true);
        let result = f(self).ok();
        self.muted = before;
        result
    }
}
