//! Request dependencies: built at most once per request, on demand, and finished after the answer.
//!
//! `#[dependency] async fn reader(…) -> Result<Reader>` puts the type `reader` beside the function;
//! whoever takes `Scoped<reader>` gets its value. What a handler takes is built concurrently, level
//! by level, up to the next guard among its arguments; what a guard or a middleware takes, when it is
//! asked for.
//!
//! # Invariants
//!
//! A dependency is tried once per request, and its failure belongs to it alone: every argument that
//! asks for it gets that failure, and the others get their values.

use std::any::TypeId;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::pin::Pin;
use std::sync::Arc;

use http::StatusCode;

use crate::error::{Error, Failure, Result};
use crate::extract::Extract;
use crate::report::{Mistake, Place, Reported};
use crate::request::{Building, Built, Finish, Request, Value};
use crate::site::Site;
use crate::warm::{Make, WarmPlan};

type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A function that builds a value for one request; implemented by `#[dependency]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a request dependency",
    label = "not a request dependency",
    note = "put `#[dependency]` on the async function that makes the value, and ask for the function: `Scoped<reader>`"
)]
pub trait Dependency: Sized + 'static {
    /// What it builds.
    type Value: Send + Sync + 'static;
    /// What its arguments were prepared to.
    type Prepared: Send + Sync + 'static;
    /// Where it stands.
    const PLACE: Place;

    /// Prepares its arguments.
    fn prepare(site: &mut Site<'_>) -> Result<Self::Prepared, Reported>;

    /// Takes its arguments from the request, and returns the future that builds the value.
    fn begin<'a>(
        prepared: &'a Self::Prepared,
        request: &'a mut Request,
    ) -> BoxFuture<'a, Result<BoxFuture<'static, Result<Self::Value>>>>;

    /// Finishes the value once the handler has answered, with the status of the answer.
    ///
    /// Its failure is the answer, unless the handler failed as well or another one failed before it:
    /// then it is in the log. It may be any error, so that the document of every route that takes the
    /// dependency says that any problem may be the answer. Where the handler is never asked, because a later guard refuses or a
    /// middleware answers itself, the value is dropped and not finished: what must not outlive the
    /// request, such as a transaction, ends with its `Drop`.
    fn finish(_value: Arc<Self::Value>, _status: StatusCode) -> Option<BoxFuture<'static, Result>> {
        None
    }

    /// Whether [`finish`](Self::finish) does anything.
    const FINISHES: bool = false;
}

/// The value of a request dependency.
///
/// `Option<Scoped<D>>` is `None` where `D` fails with an error that is
/// [absent](crate::Error::absent), and `Result<Scoped<D>, Error>` hands its failure to the handler.
///
/// ```ignore
/// #[dependency]
/// async fn reader(token: Token, readers: Inject<Readers>) -> Result<Reader> {
///     readers.with(&token).await
/// }
///
/// #[get("/me")]
/// async fn me(reader: Scoped<reader>) -> String { reader.name.clone() }
/// ```
pub struct Scoped<D> {
    // Of no type that asks something of `D`: what is no dependency is refused where it is prepared,
    // and nowhere else.
    value: Value,
    dependency: PhantomData<fn() -> D>,
}

impl<D: Dependency> Scoped<D> {
    /// Wraps a value, to call a handler directly in a test.
    pub fn new(value: D::Value) -> Self {
        Self::of(Arc::new(value))
    }

    fn of(value: Arc<D::Value>) -> Self {
        Self { value, dependency: PhantomData }
    }

    fn held(value: Value) -> Result<Self> {
        let value = value.downcast().map_err(|_| Error::internal("a dependency changed its type"));
        value.map(Self::of)
    }
}

impl<D: Dependency> Deref for Scoped<D> {
    type Target = D::Value;

    fn deref(&self) -> &D::Value {
        self.value.downcast_ref().expect("it was made of the value of its dependency")
    }
}

impl<D> Clone for Scoped<D> {
    fn clone(&self) -> Self {
        Self { value: Arc::clone(&self.value), dependency: PhantomData }
    }
}

impl<D: Dependency<Value: fmt::Debug>> fmt::Debug for Scoped<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

struct Maker<D: Dependency> {
    prepared: D::Prepared,
    level: usize,
}

impl<D: Dependency> Make for Maker<D> {
    fn id(&self) -> TypeId {
        TypeId::of::<D>()
    }

    fn level(&self) -> usize {
        self.level
    }

    fn begin<'a>(&'a self, request: &'a mut Request) -> BoxFuture<'a, Result<Building>> {
        let begin = D::begin(&self.prepared, request);
        Box::pin(async move {
            let build = begin.await?;
            let building: Building = Box::pin(async move {
                let value = Arc::new(build.await?);
                Ok(Built { finish: finish_of::<D>(&value), value })
            });
            Ok(building)
        })
    }
}

fn finish_of<D: Dependency>(value: &Arc<D::Value>) -> Option<Finish> {
    if !D::FINISHES {
        return None;
    }
    let value = Arc::clone(value);
    Some(Box::new(move |status| {
        let finish = D::finish(value, status);
        Box::pin(async move {
            match finish {
                Some(finish) => finish.await,
                None => Ok(()),
            }
        })
    }))
}

/// How a [`Scoped`] argument comes to its value.
pub struct ScopedPlan(Kind);

enum Kind {
    Given(Value),
    Made { make: Arc<dyn Make>, warm: Option<WarmPlan> },
}

impl fmt::Debug for ScopedPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Kind::Given(_) => "ScopedPlan(given)",
            Kind::Made { .. } => "ScopedPlan(made)",
        })
    }
}

impl<D: Dependency> Extract for Scoped<D> {
    type Prepared = ScopedPlan;

    fn prepare(site: &mut Site<'_>) -> Result<ScopedPlan, Reported> {
        let id = TypeId::of::<D>();
        if let Some(value) = site.override_of(id) {
            return Ok(ScopedPlan(Kind::Given(value)));
        }
        site.scoped();
        let warm = site.warm_plan();
        if let Some(make) = site.made.get(&id) {
            let make = Arc::clone(make);
            site.deepest = site.deepest.max(make.level());
            return Ok(ScopedPlan(Kind::Made { make, warm }));
        }
        if let Some(from) = site.building.iter().position(|(seen, _)| *seen == id) {
            return Err(report_circle(site, from, D::PLACE));
        }
        let was_guarded = site.begin_dependency();
        site.building.push((id, D::PLACE));
        let outer = std::mem::take(&mut site.deepest);
        // It is built once per request, whoever asks first: so it belongs to the route.
        let prepared = site.outside_of(0, |site| site.without_body(D::prepare));
        site.building.pop();
        // While it was prepared, `deepest` became the level of what it takes itself.
        let level = site.deepest + 1;
        site.deepest = outer.max(level);
        if D::FINISHES {
            // It fails with an `Error`, which may be anything, and is the answer then.
            site.problems(Error::document);
        }
        let made = prepared.map(|prepared| Arc::new(Maker::<D> { prepared, level }));
        let make = made.map(|make| make as Arc<dyn Make>);
        site.end_dependency(was_guarded, make.as_ref().ok().cloned());
        let make = make?;
        site.made.insert(id, Arc::clone(&make));
        Ok(ScopedPlan(Kind::Made { make, warm }))
    }

    async fn extract(plan: &ScopedPlan, request: &mut Request) -> Result<Self> {
        let (make, warm) = match &plan.0 {
            Kind::Given(value) => return Self::held(Arc::clone(value)),
            Kind::Made { make, warm } => (make, warm),
        };
        if let Some(warm) = warm.as_ref().and_then(|warm| warm.get()) {
            warm_up(warm, make.id(), request).await;
        }
        let value = build(make, request).await?;
        Self::held(value)
    }
}

fn report_circle(site: &mut Site<'_>, from: usize, last: Place) -> Reported {
    let circle: Vec<Place> = site.building[from..].iter().map(|(_, place)| *place).collect();
    let name = |place: &Place| place.what.rsplit("::").next().unwrap_or(place.what).to_owned();
    let mut names: Vec<String> = circle.iter().map(name).collect();
    names.push(name(&last));
    site.report(Mistake {
        code: "P0305",
        message: format!("request dependencies need each other: {}", names.join(" → ")),
        places: circle,
        labels: Vec::new(),
        origin: None,
        help: Some("let one of them do without the other, or split off what both need".to_owned()),
    })
}

/// The value of a dependency: remembered, or built now. So is its failure.
async fn build(make: &Arc<dyn Make>, request: &mut Request) -> Result<Value> {
    let Some(scope) = request.scope().cloned() else {
        return Err(Error::internal("a dependency is asked for outside of its route"));
    };
    if let Some(result) = scope.get(make.id()) {
        return result;
    }
    let built = match make.begin(request).await {
        Ok(building) => building.await,
        Err(error) => Err(error),
    };
    scope.put(make.id(), built);
    scope.get(make.id()).unwrap_or_else(|| Err(Error::internal("a dependency was not remembered")))
}

/// Builds what the handler takes, one level of the graph after the other, until the dependency that
/// is asked for is settled. What still runs then goes on when the next one is asked for.
async fn warm_up(plan: &[Arc<dyn Make>], wanted: TypeId, request: &mut Request) {
    let Some(scope) = request.scope().cloned() else { return };
    if plan.len() < 2 || !plan.iter().any(|make| make.id() == wanted) {
        return;
    }
    while !scope.has(wanted) {
        if scope.build_until(wanted).await {
            continue;
        }
        let left = plan.iter().filter(|make| !scope.has(make.id()));
        let Some(level) = left.clone().map(|make| make.level()).min() else { return };
        for make in left.filter(|make| make.level() == level) {
            match make.begin(request).await {
                Ok(building) => scope.build(make.id(), building),
                Err(error) => scope.put(make.id(), Err(error)),
            }
        }
    }
}
