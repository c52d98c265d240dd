//! How services come to be: values, and functions of other services.

use std::pin::Pin;
use std::sync::{Arc, Mutex, OnceLock};

use super::inject::Resolve;
use super::stop::Closer;
use super::table::{Needs, Slot, Transient};
use crate::error::Result;
use crate::report::Reported;

type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// A service that has something to do when the application stops: flush, say goodbye.
///
/// Services are closed in the reverse of the order in which they were made. Register it with
/// `App::provide_closing`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be closed",
    label = "nothing to close",
    note = "implement `Close` for `{Self}`, or provide it with `provide_with`"
)]
pub trait Close: Send + Sync + 'static {
    /// Closes the service. An error, a panic and a close that takes longer than
    /// [`App::stop_timeout`](crate::App::stop_timeout) are logged; the others are closed all the same.
    fn close(&self) -> impl Future<Output = Result> + Send;
}

/// An async function of up to eight [`Resolve`] arguments that makes a service.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot provide a service",
    label = "not a provider",
    note = "a provider is an async function or closure of up to eight arguments such as `Inject<T>` or `Config<T>`, and returns `purlin::Result<T>`"
)]
pub trait Provider<Args, T>: Send + Sync + 'static {
    /// Asks for everything the arguments need.
    #[doc(hidden)]
    fn prepare(self: Arc<Self>, needs: &mut Needs<'_>) -> Result<Make<T>, Reported>;
}

/// A plain function of up to eight [`Resolve`] arguments that makes one instance of a service.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot make a service",
    label = "not a factory",
    note = "a factory is a plain function or closure of up to eight arguments such as `Inject<T>`, and returns the service"
)]
pub trait Factory<Args, T>: Send + Sync + 'static {
    /// Asks for everything the arguments need.
    #[doc(hidden)]
    fn prepare(self: Arc<Self>, needs: &mut Needs<'_>) -> Result<MakeEach<T>, Reported>;
}

/// Makes a service, once.
pub(crate) type Make<T> = Box<dyn FnOnce() -> BoxFuture<Result<T>> + Send>;
/// Makes an instance of a service, again and again.
pub(crate) type MakeEach<T> = Box<dyn Fn() -> Result<T> + Send + Sync>;

macro_rules! functions {
    ($($arg:ident)*) => {
        #[allow(non_snake_case, unused_variables, clippy::unused_unit, reason = "one macro writes all arities")]
        impl<Func, Fut, T, $($arg),*> Provider<($($arg,)*), T> for Func
        where
            Func: Fn($($arg),*) -> Fut + Send + Sync + 'static,
            Fut: Future<Output = Result<T>> + Send,
            T: Send + 'static,
            $($arg: Resolve,)*
        {
            fn prepare(self: Arc<Self>, needs: &mut Needs<'_>) -> Result<Make<T>, Reported> {
                $(let $arg = $arg::prepare(needs);)*
                $(let $arg = $arg?;)*
                Ok(Box::new(move || Box::pin(async move {
                    self($($arg::resolve(&$arg)?),*).await
                })))
            }
        }

        #[allow(non_snake_case, unused_variables, reason = "one macro writes all arities")]
        impl<Func, T, $($arg),*> Factory<($($arg,)*), T> for Func
        where
            Func: Fn($($arg),*) -> T + Send + Sync + 'static,
            T: Send + 'static,
            $($arg: Resolve,)*
        {
            fn prepare(self: Arc<Self>, needs: &mut Needs<'_>) -> Result<MakeEach<T>, Reported> {
                $(let $arg = $arg::prepare(needs);)*
                $(let $arg = $arg?;)*
                Ok(Box::new(move || Ok(self($($arg::resolve(&$arg)?),*))))
            }
        }
    };
}

functions!();
functions!(A1);
functions!(A1 A2);
functions!(A1 A2 A3);
functions!(A1 A2 A3 A4);
functions!(A1 A2 A3 A4 A5);
functions!(A1 A2 A3 A4 A5 A6);
functions!(A1 A2 A3 A4 A5 A6 A7);
functions!(A1 A2 A3 A4 A5 A6 A7 A8);

/// A service that is yet to be made.
pub(crate) trait Pending: Send + Sync {
    /// Asks for what it needs.
    fn prepare(&mut self, needs: &mut Needs<'_>);
    /// Makes it and fills its slot.
    fn make(self: Box<Self>) -> BoxFuture<Result<Option<Closer>>>;
}

/// A function that is prepared once and run once.
type Prepare<M> = Box<dyn FnOnce(&mut Needs<'_>) -> Result<M, Reported> + Send + Sync>;

enum Stage<T> {
    Described(Prepare<Make<T>>),
    /// In a lock only to be shareable; nobody ever waits for it.
    Prepared(Mutex<Option<Make<T>>>),
    Over,
}

/// A singleton on its way into its slot.
pub(crate) struct Singleton<T: 'static> {
    stage: Stage<T>,
    slot: Slot<T>,
    closer: fn(Arc<T>) -> Option<Closer>,
}

impl<T: Send + Sync + 'static> Singleton<T> {
    pub(crate) fn made<Args: 'static, P: Provider<Args, T>>(
        provider: Arc<P>,
        slot: Slot<T>,
        closer: fn(Arc<T>) -> Option<Closer>,
    ) -> Box<dyn Pending> {
        let prepare = |needs: &mut Needs<'_>| provider.prepare(needs);
        Box::new(Self { stage: Stage::Described(Box::new(prepare)), slot, closer })
    }
}

impl<T: Send + Sync + 'static> Pending for Singleton<T> {
    fn prepare(&mut self, needs: &mut Needs<'_>) {
        if let Stage::Described(prepare) = std::mem::replace(&mut self.stage, Stage::Over)
            && let Ok(make) = prepare(needs)
        {
            self.stage = Stage::Prepared(Mutex::new(Some(make)));
        }
    }

    fn make(self: Box<Self>) -> BoxFuture<Result<Option<Closer>>> {
        let Self { stage, slot, closer } = *self;
        let make = match stage {
            Stage::Prepared(make) => make.into_inner().ok().flatten(),
            Stage::Described(_) | Stage::Over => None,
        };
        Box::pin(async move {
            let Some(make) = make else { return Ok(None) };
            let service = Arc::new(make().await?);
            slot.fill(Arc::clone(&service));
            Ok(closer(service))
        })
    }
}

/// A transient service: its factory is prepared at assembly, and there is nothing to make.
pub(crate) struct Each<T: 'static> {
    prepare: Option<Prepare<MakeEach<T>>>,
    cell: Arc<OnceLock<Transient<T>>>,
}

impl<T: Send + Sync + 'static> Each<T> {
    pub(crate) fn made<Args: 'static, F: Factory<Args, T>>(
        factory: Arc<F>,
        cell: Arc<OnceLock<Transient<T>>>,
    ) -> Box<dyn Pending> {
        Box::new(Self { prepare: Some(Box::new(|needs| factory.prepare(needs))), cell })
    }
}

impl<T: Send + Sync + 'static> Pending for Each<T> {
    fn prepare(&mut self, needs: &mut Needs<'_>) {
        if let Some(Ok(make)) = self.prepare.take().map(|prepare| prepare(needs)) {
            let _ = self.cell.set(Arc::new(move || make().map(Arc::new)));
        }
    }

    fn make(self: Box<Self>) -> BoxFuture<Result<Option<Closer>>> {
        Box::pin(async { Ok(None) })
    }
}
