//! Which services there are, who needs them, and the slots they will lie in.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

use super::provide::Pending;
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

pub(super) struct Entry {
    pub(super) name: String,
    pub(super) place: Place,
    pub(super) needs: Vec<TypeId>,
    source: Box<dyn Any + Send + Sync>,
    pub(super) pending: Option<Box<dyn Pending>>,
}

/// All services of an application.
#[derive(Default)]
pub(crate) struct ServiceTable {
    pub(super) entries: HashMap<TypeId, Entry>,
    pub(super) order: Vec<TypeId>,
}

impl fmt::Debug for ServiceTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.entries.values().map(|entry| &entry.name)).finish()
    }
}

impl ServiceTable {
    /// Adds a service; a later one of the same type replaces an earlier one, as tests do.
    pub(crate) fn add<T: ?Sized + Send + Sync + 'static>(
        &mut self,
        place: Place,
        source: Source<T>,
        pending: Option<Box<dyn Pending>>,
    ) {
        let id = TypeId::of::<T>();
        let entry = Entry {
            name: short_type_name::<T>(),
            place,
            needs: Vec::new(),
            source: Box::new(source),
            pending,
        };
        if self.entries.insert(id, entry).is_none() {
            self.order.push(id);
        }
    }

    fn source<T: ?Sized + Send + Sync + 'static>(&self) -> Option<&Source<T>> {
        self.entries.get(&TypeId::of::<T>())?.source.downcast_ref()
    }

    /// Lets every provider say what it needs, then looks for circles.
    pub(crate) fn prepare(&mut self, report: &mut Report) {
        let mut missing = Vec::new();
        for id in self.order.clone() {
            let Some(entry) = self.entries.get_mut(&id) else { continue };
            let Some(mut pending) = entry.pending.take() else { continue };
            let (consumer, place) = (entry.name.clone(), entry.place);
            let mut needs = Needs::new(self, report, consumer, place);
            needs.service = Some(id);
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
        let mut done: Vec<TypeId> = Vec::new();
        for start in &self.order {
            let mut path = Vec::new();
            self.walk(*start, &mut path, &mut done, report);
        }
    }

    fn walk(
        &self,
        id: TypeId,
        path: &mut Vec<TypeId>,
        done: &mut Vec<TypeId>,
        report: &mut Report,
    ) {
        if let Some(from) = path.iter().position(|seen| *seen == id) {
            self.report_circle(&path[from..], report);
            return;
        }
        if done.contains(&id) {
            return;
        }
        path.push(id);
        for need in self.entries.get(&id).into_iter().flat_map(|entry| &entry.needs) {
            self.walk(*need, path, done, report);
        }
        path.pop();
        done.push(id);
    }

    fn report_circle(&self, circle: &[TypeId], report: &mut Report) {
        let entries: Vec<&Entry> = circle.iter().filter_map(|id| self.entries.get(id)).collect();
        let mut names: Vec<&str> = entries.iter().map(|entry| entry.name.as_str()).collect();
        names.extend(names.first().copied());
        report.add(Mistake {
            code: "P0302",
            message: format!("services need each other: {}", names.join(" → ")),
            places: entries.iter().map(|entry| entry.place).collect(),
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
            let mut chain: Vec<TypeId> = vec![by];
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

    fn user_of(&self, id: TypeId) -> Option<TypeId> {
        let uses =
            |user: &&TypeId| self.entries.get(*user).is_some_and(|entry| entry.needs.contains(&id));
        self.order.iter().find(uses).copied()
    }

    pub(super) fn ids(&self) -> &[TypeId] {
        &self.order
    }

    /// The services `wanted` and everything they need, in the order in which they were added.
    pub(super) fn needed_for(&self, wanted: &[TypeId]) -> Vec<TypeId> {
        let mut needed: Vec<TypeId> = Vec::new();
        let mut open = wanted.to_vec();
        while let Some(id) = open.pop() {
            if !needed.contains(&id) {
                needed.push(id);
                open.extend(self.entries.get(&id).into_iter().flat_map(|entry| &entry.needs));
            }
        }
        self.order.iter().copied().filter(|id| needed.contains(id)).collect()
    }
}

/// A service that another one needs and nobody provides.
struct Missing {
    by: TypeId,
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
    wanted: Vec<TypeId>,
    /// The service that asks, where it is one.
    service: Option<TypeId>,
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
            service: None,
            missing: Vec::new(),
        }
    }

    /// Everything that was asked for and is there.
    pub(crate) fn into_wanted(self) -> Vec<TypeId> {
        self.wanted
    }

    /// Asks for a service; without a provider it is a mistake.
    pub fn need<T: ?Sized + Send + Sync + 'static>(&mut self) -> Result<Slot<T>, Reported> {
        match self.source::<T>()? {
            Source::Single(slot) => Ok(slot),
            Source::Each(_) => Err(self.refuse(
                "P0304",
                format!(
                    "{} → {}: it is made anew each time, so there is no slot for it",
                    self.consumer,
                    short_type_name::<T>()
                ),
                "take it as `Inject<…>`".to_owned(),
            )),
        }
    }

    pub(crate) fn source<T: ?Sized + Send + Sync + 'static>(
        &mut self,
    ) -> Result<Source<T>, Reported> {
        let source = self.table.source::<T>().map(|source| match source {
            Source::Single(slot) => Source::Single(slot.clone()),
            Source::Each(make) => Source::Each(Arc::clone(make)),
        });
        match source {
            Some(source) => {
                self.wanted.push(TypeId::of::<T>());
                Ok(source)
            }
            None => Err(self.missing::<T>()),
        }
    }

    fn missing<T: ?Sized + 'static>(&mut self) -> Reported {
        let name = short_type_name::<T>();
        let help = match name.strip_prefix("dyn ") {
            Some(_) => format!("call `.provide_as::<{name}>(Arc::new(…))` on the application"),
            None => format!(
                "call `.provide(…)` with a `{name}` on the application, or `.provide_with(…)`"
            ),
        };
        let lack = Lack {
            code: "P0301",
            id: TypeId::of::<T>(),
            alone: format!("{} → {name}: not provided", self.consumer),
            shared: format!("`{name}` is not provided"),
            help,
        };
        let Some(by) = self.service.filter(|_| !self.muted) else { return self.lack(lack) };
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
        slot.ok_or_else(|| {
            let name = short_type_name::<T>();
            self.lack(Lack {
                code: "P0402",
                id: TypeId::of::<T>(),
                alone: format!("{} → Config<{name}>: no section is declared for it", self.consumer),
                shared: format!("no section is declared for `Config<{name}>`"),
                help: format!("call `.config::<{name}>(\"section\")` on the application"),
            })
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
