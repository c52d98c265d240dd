//! Request dependencies: built at most once per request, on demand, and finished after the answer.
//!
//! `#[dependency] async fn reader(…) -> Result<Reader>` puts the type `reader` beside the function;
//! whoever takes `Scoped<reader>` gets its value. What a handler takes is built concurrently,
//! level by level; what a guard or a middleware takes, when it is asked for.

use std::any::TypeId;
use std::fmt;
use std::ops::Deref;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use http::StatusCode;

use crate::error::{Error, Result};
use crate::extract::Extract;
use crate::report::{Mistake, Place, Reported};
use crate::request::{Finish, Request, Scope};
use crate::site::Site;
use crate::warm::{Built, Make, Value, WarmPlan};

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
    fn finish(_value: Arc<Self::Value>, _status: StatusCode) -> Option<BoxFuture<'static, Result>> {
        None
    }

    /// Whether [`finish`](Self::finish) does anything.
    const FINISHES: bool = false;
}

/// The value of a request dependency.
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
pub struct Scoped<D: Dependency>(Arc<D::Value>);

impl<D: Dependency> Scoped<D> {
    /// Wraps a value, to call a handler directly in a test.
    pub fn new(value: D::Value) -> Self {
        Self(Arc::new(value))
    }
}

impl<D: Dependency> Deref for Scoped<D> {
    type Target = D::Value;

    fn deref(&self) -> &D::Value {
        &self.0
    }
}

impl<D: Dependency> Clone for Scoped<D> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<D: Dependency<Value: fmt::Debug>> fmt::Debug for Scoped<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
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

    fn begin<'a>(
        &'a self,
        request: &'a mut Request,
    ) -> BoxFuture<'a, Result<BoxFuture<'static, Result<Built>>>> {
        let begin = D::begin(&self.prepared, request);
        Box::pin(async move {
            let build = begin.await?;
            let built: BoxFuture<'static, Result<Built>> = Box::pin(async move {
                let value = Arc::new(build.await?);
                Ok(Built { finish: finish_of::<D>(&value), value })
            });
            Ok(built)
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
pub struct ScopedPlan<D: Dependency>(Kind<D>);

enum Kind<D: Dependency> {
    Given(Arc<D::Value>),
    Made { make: Arc<dyn Make>, warm: Option<WarmPlan> },
}

impl<D: Dependency> fmt::Debug for ScopedPlan<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ScopedPlan({})", D::PLACE.what)
    }
}

impl<D: Dependency> Extract for Scoped<D> {
    type Prepared = ScopedPlan<D>;

    fn prepare(site: &mut Site<'_>) -> Result<ScopedPlan<D>, Reported> {
        let id = TypeId::of::<D>();
        let given = site.override_of(id).map(Arc::downcast::<D::Value>);
        if let Some(Ok(value)) = given {
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
        site.building.push((id, D::PLACE));
        let outer = std::mem::take(&mut site.deepest);
        let prepared = site.without_body(D::prepare);
        site.building.pop();
        let prepared = prepared?;
        // While it was prepared, `deepest` became the level of what it takes itself.
        let level = site.deepest + 1;
        site.deepest = outer.max(level);
        let make: Arc<dyn Make> = Arc::new(Maker::<D> { prepared, level });
        site.made.insert(id, Arc::clone(&make));
        if warm.is_some() {
            site.warm.push(Arc::clone(&make));
        }
        Ok(ScopedPlan(Kind::Made { make, warm }))
    }

    async fn extract(plan: &ScopedPlan<D>, request: &mut Request) -> Result<Self> {
        let (make, warm) = match &plan.0 {
            Kind::Given(value) => return Ok(Self(Arc::clone(value))),
            Kind::Made { make, warm } => (make, warm),
        };
        if let Some(warm) = warm.as_ref().and_then(|warm| warm.get()) {
            warm_up(warm, request).await?;
        }
        let value = build(make, request).await?;
        let value =
            value.downcast().map_err(|_| Error::internal("a dependency changed its type"))?;
        Ok(Self(value))
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
        origin: None,
        help: Some("let one of them do without the other, or split off what both need".to_owned()),
    })
}

/// The value of a dependency: remembered, or built now.
async fn build(make: &Arc<dyn Make>, request: &mut Request) -> Result<Value> {
    let Some(scope) = request.scope().cloned() else {
        return Err(Error::internal("a dependency is asked for outside of its route"));
    };
    if let Some(value) = scope.get(make.id()) {
        return Ok(value);
    }
    let built = make.begin(request).await?.await?;
    scope.put(make.id(), Arc::clone(&built.value), built.finish);
    Ok(built.value)
}

/// Builds what the handler takes: one level of the graph is begun, then awaited together.
async fn warm_up(plan: &[Arc<dyn Make>], request: &mut Request) -> Result {
    let Some(scope) = request.scope().cloned() else { return Ok(()) };
    if plan.len() < 2 || !scope.begin_warming() {
        return Ok(());
    }
    for level in 1..=plan.iter().map(|make| make.level()).max().unwrap_or(0) {
        let mut running = Vec::new();
        for make in plan.iter().filter(|make| make.level() == level) {
            if scope.get(make.id()).is_none() {
                running.push((make.id(), make.begin(request).await?));
            }
        }
        build_all(&scope, running).await?;
    }
    Ok(())
}

type Building = BoxFuture<'static, Result<Built>>;

/// Awaits several builds together. Each is remembered as soon as it is there, so that it is finished
/// also when another one fails; the first failure ends all.
async fn build_all(scope: &Scope, mut running: Vec<(TypeId, Building)>) -> Result {
    std::future::poll_fn(|cx| {
        let mut result = Ok(());
        running.retain_mut(|(id, future)| {
            if result.is_err() {
                return true;
            }
            match future.as_mut().poll(cx) {
                Poll::Pending => return true,
                Poll::Ready(Ok(built)) => scope.put(*id, built.value, built.finish),
                Poll::Ready(Err(error)) => result = Err(error),
            }
            false
        });
        if result.is_ok() && !running.is_empty() { Poll::Pending } else { Poll::Ready(result) }
    })
    .await
}
