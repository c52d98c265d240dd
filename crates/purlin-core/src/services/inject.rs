//! `Inject<T>`: a service as an argument.

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use super::table::{Needs, Slot, Source, Transient};
use crate::error::Result;
use crate::report::Reported;

/// What may be an argument where there is no request: of providers, hooks, commands and jobs.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be had without a request",
    label = "there is no request here",
    note = "take a service as `Inject<{Self}>`, or a section of the configuration as `Config<{Self}>`"
)]
pub trait Resolve: Sized + Send {
    /// Worked out once, when the application is assembled.
    type Prepared: Send + Sync + 'static;

    /// Asks for what it needs, or refuses with a reason.
    fn prepare(needs: &mut Needs<'_>) -> Result<Self::Prepared, Reported>;
    /// Takes the value, once everything is there.
    fn resolve(prepared: &Self::Prepared) -> Result<Self>;
}

/// A service that was provided to the application: `Inject<Pool>`, `Inject<dyn Mailer>`.
///
/// Provided once, it is the same instance everywhere; provided with `provide_each`, every `Inject`
/// is a new one. A service that nobody provides keeps the application from starting.
///
/// ```
/// use purlin_core::Inject;
///
/// struct Greeter(String);
///
/// async fn hello(greeter: Inject<Greeter>) -> String {
///     format!("{} world", greeter.0)
/// }
/// ```
pub struct Inject<T: ?Sized>(Arc<T>);

impl<T> Inject<T> {
    /// Wraps a value, to call a handler directly in a test.
    pub fn new(service: T) -> Self {
        Self(Arc::new(service))
    }
}

impl<T: ?Sized> Inject<T> {
    /// The shared service itself, to be kept for longer than the request.
    pub fn into_arc(self) -> Arc<T> {
        self.0
    }
}

impl<T: ?Sized> From<Arc<T>> for Inject<T> {
    fn from(service: Arc<T>) -> Self {
        Self(service)
    }
}

impl<T: ?Sized> Deref for Inject<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: ?Sized> Clone for Inject<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for Inject<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Where an [`Inject`] takes its service from.
pub struct Injection<T: ?Sized>(Kind<T>);

enum Kind<T: ?Sized> {
    Single(Slot<T>),
    Each(Arc<OnceLock<Transient<T>>>),
}

impl<T: ?Sized> fmt::Debug for Injection<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Injection")
    }
}

impl<T: ?Sized + Send + Sync + 'static> Resolve for Inject<T> {
    type Prepared = Injection<T>;

    fn prepare(needs: &mut Needs<'_>) -> Result<Injection<T>, Reported> {
        Ok(Injection(match needs.source::<T>()? {
            Source::Single(slot) => Kind::Single(slot),
            Source::Each(make) => Kind::Each(make),
        }))
    }

    fn resolve(prepared: &Injection<T>) -> Result<Self> {
        match &prepared.0 {
            Kind::Single(slot) => Ok(Self(Arc::clone(slot.get()))),
            Kind::Each(make) => {
                let make = make.get().expect("a factory is prepared at assembly");
                make().map(Self)
            }
        }
    }
}

/// A service that may not have been provided.
impl<T: ?Sized + Send + Sync + 'static> Resolve for Option<Inject<T>> {
    type Prepared = Option<Injection<T>>;

    fn prepare(needs: &mut Needs<'_>) -> Result<Self::Prepared, Reported> {
        Ok(needs.optional(Inject::<T>::prepare))
    }

    fn resolve(prepared: &Self::Prepared) -> Result<Self> {
        prepared.as_ref().map(Inject::<T>::resolve).transpose()
    }
}
