//! Events: what happened, told by type to whoever wants to know.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::future::{poll_fn, ready};
use std::ops::Deref;
use std::sync::{Arc, OnceLock, Weak};
use std::task::Poll;

use http::StatusCode;
use tokio::sync::Semaphore;

use crate::endpoint::BoxFuture;
use crate::error::{Error, Result, caught};
use crate::origin::{self, carried};
use crate::report::{Place, Report, Reported, short_type_name};
use crate::request::RequestId;
use crate::services::{Key, Needs, Resolve, ServiceTable};
use crate::tasks::Tasks;

/// How many deliveries may be under way, unless something else is said.
const MOST: usize = 10_000;

/// Something that happened, as a subscriber gets it: shared with the other subscribers.
pub struct Event<E>(Arc<E>);

impl<E> Event<E> {
    /// Wraps a value, to call a subscriber directly in a test.
    pub fn new(event: E) -> Self {
        Self(Arc::new(event))
    }
}

impl<E> Deref for Event<E> {
    type Target = E;

    fn deref(&self) -> &E {
        &self.0
    }
}

impl<E> Clone for Event<E> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<E: fmt::Debug> fmt::Debug for Event<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

type Shared = Arc<dyn Any + Send + Sync>;
type Deliver = Arc<dyn Fn(Shared) -> BoxFuture<Result> + Send + Sync>;
type Prepare = Box<dyn FnOnce(&mut Needs<'_>) -> Result<Deliver, Reported> + Send>;

/// An async function `(Event<E>, services…) -> Result`, with up to six services.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot subscribe to an event",
    label = "not a subscriber",
    note = "a subscriber is `async fn(event: Event<E>, services…) -> purlin::Result`, with up to six arguments such as `Inject<T>` behind the event"
)]
pub trait Subscriber<E, Args>: Send + Sync + 'static {
    /// Asks for everything the arguments need.
    #[doc(hidden)]
    fn prepare(self, needs: &mut Needs<'_>) -> Result<Delivery<E>, Reported>;
}

/// Hands an event to a subscriber whose arguments are prepared.
#[doc(hidden)]
#[allow(unreachable_pub, reason = "it is named in a public trait")]
pub type Delivery<E> = Box<dyn Fn(Event<E>) -> BoxFuture<Result> + Send + Sync>;

macro_rules! subscribers {
    ($($arg:ident)*) => {
        #[allow(non_snake_case, unused_variables, reason = "one macro writes all arities")]
        impl<Func, Fut, E, $($arg),*> Subscriber<E, ($($arg,)*)> for Func
        where
            Func: Fn(Event<E>, $($arg),*) -> Fut + Send + Sync + 'static,
            Fut: Future<Output = Result> + Send + 'static,
            E: Send + Sync + 'static,
            $($arg: Resolve + 'static,)*
        {
            fn prepare(self, needs: &mut Needs<'_>) -> Result<Delivery<E>, Reported> {
                $(let $arg = $arg::prepare(needs);)*
                let arguments = ($($arg?,)*);
                Ok(Box::new(move |event| {
                    let ($($arg,)*) = &arguments;
                    $(let $arg = match $arg::resolve($arg) {
                        Ok(value) => value,
                        Err(error) => return Box::pin(ready(Err(error))),
                    };)*
                    Box::pin(self(event, $($arg),*))
                }))
            }
        }
    };
}

subscribers!();
subscribers!(A1);
subscribers!(A1 A2);
subscribers!(A1 A2 A3);
subscribers!(A1 A2 A3 A4);
subscribers!(A1 A2 A3 A4 A5);
subscribers!(A1 A2 A3 A4 A5 A6);

/// A subscriber as it was added.
pub(crate) struct Subscription {
    event: TypeId,
    place: Place,
    prepare: Prepare,
}

impl Subscription {
    pub(crate) fn new<E: Send + Sync + 'static, Args: 'static>(
        subscriber: impl Subscriber<E, Args>,
        place: Place,
    ) -> Self {
        let prepare: Prepare = Box::new(|needs| {
            let deliver = subscriber.prepare(needs)?;
            Ok(Arc::new(move |event: Shared| match event.downcast::<E>() {
                Ok(event) => deliver(Event(event)),
                // It is looked up by the type of the event.
                Err(_) => Box::pin(ready(Ok(()))),
            }))
        });
        Self { event: TypeId::of::<E>(), place, prepare }
    }
}

/// Who is told of what, for as long as the application is there. [`Events`] only look at it: a
/// subscriber holds services, one of which may hold `Events`, and neither would ever end.
#[derive(Clone, Default)]
pub(crate) struct Subscribers(Arc<OnceLock<Table>>);

impl fmt::Debug for Subscribers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Subscribers")
    }
}

#[derive(Default)]
struct Table {
    subscribers: HashMap<TypeId, Vec<Named>>,
    /// The services that subscribers take.
    wanted: Vec<Key>,
}

/// A subscriber whose services are known.
#[derive(Clone)]
struct Named {
    name: &'static str,
    deliver: Deliver,
}

/// Tells subscribers what happened: `Inject<Events>`.
///
/// An event is a value of any type; whoever subscribed to the type with
/// [`App::on_event`](crate::App::on_event) gets it, all at once. An event to which nobody
/// subscribed is none the worse for it. A subscriber that fails or panics is logged with its name,
/// the event's and the id of the request that has caused it, and keeps no other from its turn.
///
/// ```
/// use purlin_core::{App, Event, Events, Inject, Result, Routes};
///
/// struct OrderPlaced { id: u32 }
/// struct Mailer;
///
/// async fn confirm(order: Event<OrderPlaced>, mailer: Inject<Mailer>) -> Result {
///     let _ = (order.id, mailer);
///     Ok(())
/// }
///
/// async fn order(events: Inject<Events>) -> Result<&'static str> {
///     events.emit(OrderPlaced { id: 7 })?;
///     Ok("placed")
/// }
///
/// let app = App::new("shop")
///     .provide(Mailer)
///     .on_event(confirm)
///     .routes(Routes::new().post("/orders", order));
/// ```
///
/// # Limits
///
/// Events live in memory: what must survive a restart is a job. At most 10,000 deliveries are under
/// way at a time ([`App::most_events`](crate::App::most_events)).
#[derive(Clone)]
pub struct Events {
    tasks: Tasks,
    table: Weak<OnceLock<Table>>,
    /// A permit for each delivery.
    permits: Arc<Semaphore>,
    most: usize,
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Events({} under way)", self.under_way())
    }
}

impl Subscribers {
    /// Asks for what all subscribers need.
    pub(crate) fn prepare(
        &self,
        subscriptions: Vec<Subscription>,
        services: &mut ServiceTable,
        report: &mut Report,
    ) {
        let mut table = Table::default();
        for Subscription { event, place, prepare } in subscriptions {
            let mut needs = Needs::new(services, report, place.what.to_owned(), place);
            if let Ok(deliver) = prepare(&mut needs) {
                let named = Named { name: place.what, deliver };
                table.subscribers.entry(event).or_default().push(named);
            }
            table.wanted.extend(needs.into_wanted());
        }
        let _ = self.0.set(table);
    }

    /// The services that subscribers take.
    pub(crate) fn wanted(&self) -> &[Key] {
        self.0.get().map_or(&[], |table| &table.wanted)
    }
}

impl Events {
    pub(crate) fn new(tasks: Tasks, subscribers: &Subscribers, most: Option<usize>) -> Self {
        let most = most.unwrap_or(MOST).min(Semaphore::MAX_PERMITS);
        let table = Arc::downgrade(&subscribers.0);
        Self { tasks, table, permits: Arc::new(Semaphore::new(most)), most }
    }

    /// How many deliveries are under way.
    pub fn under_way(&self) -> usize {
        self.most - self.permits.available_permits()
    }

    /// Tells all subscribers, and returns at once: they run beside the request, and go on after its
    /// answer. When the application stops they are waited for, those of stop hooks included, within
    /// the server's deadline; the log names those that were not.
    ///
    /// # Errors
    ///
    /// 503 `too_many_events` when as many deliveries as the application allows are under way; nobody
    /// is told then.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    pub fn emit<E: Send + Sync + 'static>(&self, event: E) -> Result {
        let deliveries = self.deliveries(event);
        let all = u32::try_from(deliveries.len()).unwrap_or(u32::MAX);
        let Ok(mut permits) = Arc::clone(&self.permits).try_acquire_many_owned(all) else {
            let detail = "too many events are under way";
            return Err(Error::new(StatusCode::SERVICE_UNAVAILABLE, "too_many_events", detail));
        };
        for (subscriber, delivery) in deliveries {
            let permit = permits.split(1);
            self.tasks.spawn_unlisted(subscriber, async move {
                delivery.await;
                drop(permit);
            });
        }
        Ok(())
    }

    /// Tells all subscribers, side by side, and waits until the last one has ended. Gives the number
    /// of those that failed, each of which is in the log.
    ///
    /// They are a part of what waits: those that a client does not wait for end with its request, and
    /// they do not count among the deliveries that are under way.
    pub async fn emit_and_wait<E: Send + Sync + 'static>(&self, event: E) -> usize {
        let deliveries = self.deliveries(event).into_iter().map(|(_, delivery)| delivery);
        side_by_side(deliveries.collect()).await
    }

    /// One future for each subscriber, which says whether it succeeded.
    fn deliveries<E: Send + Sync + 'static>(
        &self,
        event: E,
    ) -> Vec<(&'static str, BoxFuture<bool>)> {
        let table = self.table.upgrade();
        let table = table.as_ref().and_then(|table| table.get());
        let subscribers = table.and_then(|table| table.subscribers.get(&TypeId::of::<E>()));
        let event: Shared = Arc::new(event);
        let subscribers = subscribers.into_iter().flatten().cloned();
        let publisher = origin::current();
        let deliveries = subscribers.map(|named| -> (_, BoxFuture<bool>) {
            let (subscriber, publisher) = (named.name, publisher.clone());
            let delivery = deliver(named, Arc::clone(&event), short_type_name::<E>(), publisher);
            (subscriber, Box::pin(delivery))
        });
        deliveries.collect()
    }
}

async fn deliver(named: Named, event: Shared, name: String, publisher: Option<RequestId>) -> bool {
    let Named { name: subscriber, deliver } = named;
    // What a subscriber does before it first waits may panic, too.
    let delivery = caught(async move { deliver(event).await });
    let delivered = carried(publisher.clone(), delivery).await;
    if let Err(error) = &delivered {
        let id = publisher.as_ref().map(tracing::field::display);
        tracing::error!(target: "purlin::event", event = name, subscriber, request.id = id, "{error:?}");
    }
    delivered.is_ok()
}

/// Runs futures side by side, in one task, and counts those that fail.
async fn side_by_side(mut running: Vec<BoxFuture<bool>>) -> usize {
    let mut failed = 0;
    poll_fn(move |cx| {
        running.retain_mut(|delivery| match delivery.as_mut().poll(cx) {
            Poll::Ready(success) => {
                failed += usize::from(!success);
                false
            }
            Poll::Pending => true,
        });
        if running.is_empty() { Poll::Ready(failed) } else { Poll::Pending }
    })
    .await
}
