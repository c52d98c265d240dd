//! What is provided: for the whole application, or for a group of routes.

use std::any::{TypeId, type_name};
use std::fmt;
use std::sync::Arc;

use super::provide::{Close, Each, Factory, Provider, Singleton};
use super::stop::closer;
use super::table::{Adding, Slot, Source};
use crate::report::Place;

/// A service as it was described. It can be added to a table more than once, because the routes of a
/// group can be mounted more than once, in one application or in several.
#[derive(Clone)]
pub(crate) struct Registration {
    add: Arc<dyn Fn(Adding<'_>) + Send + Sync>,
    pub(super) service: TypeId,
    pub(super) place: Place,
}

impl fmt::Debug for Registration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Registration({})", self.place.what)
    }
}

impl Registration {
    #[track_caller]
    fn new<T: ?Sized + 'static>(add: impl Fn(Adding<'_>) + Send + Sync + 'static) -> Self {
        let place = Place::caller(type_name::<T>());
        Self { add: Arc::new(add), service: TypeId::of::<T>(), place }
    }

    /// A service that is there already.
    #[track_caller]
    pub(crate) fn shared<T: ?Sized + Send + Sync + 'static>(service: Arc<T>) -> Self {
        Self::new::<T>(move |table| {
            let slot = Slot::empty();
            slot.fill(Arc::clone(&service));
            table.add(Source::Single(slot), None);
        })
    }

    /// A service that an async function makes at the start.
    #[track_caller]
    pub(crate) fn made<T, Args>(provider: impl Provider<Args, T>) -> Self
    where
        T: Send + Sync + 'static,
        Args: 'static,
    {
        let provider = Arc::new(provider);
        Self::new::<T>(move |table| {
            let slot = Slot::<T>::empty();
            let pending = Singleton::made(Arc::clone(&provider), slot.clone(), |_| None);
            table.add(Source::Single(slot), Some(pending));
        })
    }

    /// As [`made`](Self::made), for a service that is closed at the end.
    #[track_caller]
    pub(crate) fn closing<T: Close, Args: 'static>(provider: impl Provider<Args, T>) -> Self {
        let provider = Arc::new(provider);
        Self::new::<T>(move |table| {
            let slot = Slot::<T>::empty();
            let close = |service| Some(closer(service));
            let pending = Singleton::made(Arc::clone(&provider), slot.clone(), close);
            table.add(Source::Single(slot), Some(pending));
        })
    }

    /// A service that is made anew for everybody who asks.
    #[track_caller]
    pub(crate) fn each<T, Args>(factory: impl Factory<Args, T>) -> Self
    where
        T: Send + Sync + 'static,
        Args: 'static,
    {
        let factory = Arc::new(factory);
        Self::new::<T>(move |table| {
            let cell = Arc::default();
            let pending = Each::<T>::made(Arc::clone(&factory), Arc::clone(&cell));
            table.add(Source::Each(cell), Some(pending));
        })
    }

    pub(super) fn add(&self, adding: Adding<'_>) {
        (self.add)(adding);
    }

    /// What tells it from every other that was described.
    fn identity(&self) -> usize {
        Arc::as_ptr(&self.add).cast::<()>().addr()
    }
}

/// The services of one group of routes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Group {
    /// The path under which the group is, as far as it is known.
    pub(crate) prefix: String,
    services: Vec<Registration>,
}

impl Group {
    pub(crate) fn provide(&mut self, service: Registration) {
        self.services.push(service);
    }

    pub(super) fn services(&self) -> &[Registration] {
        &self.services
    }

    /// What tells a group from others: its services.
    pub(super) fn identity(&self) -> Vec<usize> {
        self.services.iter().map(Registration::identity).collect()
    }
}
