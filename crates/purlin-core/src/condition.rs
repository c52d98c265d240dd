//! Conditions: which of several routes of one method and path answers a request.

use std::fmt;
use std::ops::Not;
use std::sync::Arc;

use http::header::HeaderName;
use http::{HeaderValue, StatusCode};
use serde_json::json;

use crate::error::Error;
use crate::openapi::{Operation, Parameter, ParameterIn};
use crate::request::Facts;

/// What a request must be for a route to answer it; said with
/// [`Routes::when`](crate::Routes::when).
///
/// It looks at the head of a request, once per request, before any step: it neither waits nor reads
/// the body.
///
/// ```
/// use purlin_core::{Condition, Routes};
///
/// let mobile = Routes::new()
///     .get("/", async || "a small page")
///     .when(Condition::header("X-Client", "mobile"));
/// let routes = Routes::new().get("/", async || "a page").merge(mobile);
/// ```
#[derive(Clone)]
pub struct Condition(Arc<Inner>);

type Holds = dyn Fn(&Facts) -> bool + Send + Sync;
type Refuse = dyn Fn(&Facts) -> Option<Error> + Send + Sync;

struct Inner {
    name: String,
    holds: Box<Holds>,
    /// Whether two with this name mean the same.
    is_known: bool,
    varies_by: Vec<HeaderName>,
    parameters: Vec<Parameter>,
    refusal: Option<Refusal>,
    /// Why it can never hold.
    mistake: Option<Never>,
}

/// Why a condition can never hold, and what to write.
#[derive(Clone, Debug)]
pub(crate) struct Never {
    pub(crate) reason: String,
    pub(crate) help: String,
}

impl Never {
    pub(crate) fn new(reason: impl Into<String>, help: impl Into<String>) -> Self {
        Self { reason: reason.into(), help: help.into() }
    }

    pub(crate) fn for_header(name: &str) -> Self {
        let reason = format!("`{}` is no name of a header", name.escape_debug());
        Self::new(reason, "a name is letters, digits and `-`, as in `X-Client`")
    }
}

/// What is answered where no condition holds, instead of 404.
#[derive(Clone)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) codes: &'static [&'static str],
    pub(crate) description: String,
    pub(crate) refuse: Arc<Refuse>,
}

impl fmt::Debug for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Condition({})", self.0.name)
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.name)
    }
}

impl Inner {
    fn new(name: String, holds: impl Fn(&Facts) -> bool + Send + Sync + 'static) -> Self {
        Self {
            name,
            holds: Box::new(holds),
            is_known: false,
            varies_by: Vec::new(),
            parameters: Vec::new(),
            refusal: None,
            mistake: None,
        }
    }

    fn of_header(
        name: &str,
        shown: String,
        holds: impl Fn(&Facts, &HeaderName) -> bool + Send + Sync + 'static,
    ) -> Self {
        let Ok(name) = HeaderName::try_from(name) else {
            let mistake = Some(Never::for_header(name));
            return Self { mistake, ..Self::new(shown, |_| false) };
        };
        let schema = json!({ "type": "string" });
        let parameter = Parameter::new(name.as_str(), ParameterIn::Header, schema).optional();
        let varies_by = vec![name.clone()];
        let inner = Self::new(shown, move |facts| holds(facts, &name));
        Self { is_known: true, varies_by, parameters: vec![parameter], ..inner }
    }

    /// Two in one; what holds is still to be said.
    fn both(name: String, one: &Condition, other: &Condition, holds: Box<Holds>) -> Self {
        let (one, other) = (&*one.0, &*other.0);
        Self {
            name,
            holds,
            is_known: one.is_known && other.is_known,
            varies_by: one.varies_by.iter().chain(&other.varies_by).cloned().collect(),
            parameters: one.parameters.iter().chain(&other.parameters).cloned().collect(),
            refusal: one.refusal.clone().or_else(|| other.refusal.clone()),
            mistake: one.mistake.clone().or_else(|| other.mistake.clone()),
        }
    }
}

impl Condition {
    /// A condition of your own, under the name with which `routes` and the document show it:
    /// `Condition::new("a Sunday", |facts| …)`.
    ///
    /// A panic in it is a 500 of the request. Say with [`varies_by`](Self::varies_by) which header
    /// fields it reads, or caches will mix the answers up.
    pub fn new(
        name: impl Into<String>,
        holds: impl Fn(&Facts) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(Inner::new(name.into(), holds)))
    }

    /// A header field has this value, to the letter. Answers get the field's name in `Vary`.
    pub fn header(name: &str, value: &str) -> Self {
        let shown = format!("{name}: {value}");
        let wanted = HeaderValue::try_from(value);
        let mistake = wanted.is_err().then(|| {
            let reason = format!("`{}` is no value of a header", value.escape_debug());
            Never::new(reason, "a value has no line breaks and no other control characters")
        });
        let inner = Inner::of_header(name, shown, move |facts, name| {
            let mut lines = facts.headers().get_all(name).iter();
            wanted.as_ref().is_ok_and(|wanted| lines.any(|line| line == wanted))
        });
        Self(Arc::new(Inner { mistake: inner.mistake.clone().or(mistake), ..inner }))
    }

    /// A header field is there, whatever its value. Answers get its name in `Vary`.
    pub fn has_header(name: &str) -> Self {
        let shown = format!("{name} is sent");
        let holds = |facts: &Facts, name: &HeaderName| facts.headers().contains_key(name);
        Self(Arc::new(Inner::of_header(name, shown, holds)))
    }

    /// A parameter of the query has this value.
    pub fn query(name: impl Into<String>, value: impl Into<String>) -> Self {
        let (name, value) = (name.into(), value.into());
        let parameter =
            Parameter::new(name.clone(), ParameterIn::Query, json!({ "type": "string" }));
        let inner = Inner::new(format!("?{name}={value}"), move |facts| {
            facts.query_values(&name).any(|given| given == value)
        });
        Self(Arc::new(Inner { is_known: true, parameters: vec![parameter.optional()], ..inner }))
    }

    /// Both hold.
    #[must_use]
    pub fn and(self, other: impl Into<Self>) -> Self {
        let other = other.into();
        let name = format!("{self} and {other}");
        let (one, two) = (self.clone(), other.clone());
        let holds = Box::new(move |facts: &Facts| one.holds(facts) && two.holds(facts));
        Self(Arc::new(Inner::both(name, &self, &other, holds)))
    }

    /// One of them holds, or both.
    #[must_use]
    pub fn or(self, other: impl Into<Self>) -> Self {
        let other = other.into();
        let name = format!("({self} or {other})");
        let (one, two) = (self.clone(), other.clone());
        let holds = Box::new(move |facts: &Facts| one.holds(facts) || two.holds(facts));
        Self(Arc::new(Inner::both(name, &self, &other, holds)))
    }

    /// Names a header field that the condition reads, for `Vary` (RFC 9110 §12.5.5).
    #[must_use]
    pub fn varies_by(self, name: HeaderName) -> Self {
        let condition = self.clone();
        let holds: Box<Holds> = Box::new(move |facts| condition.holds(facts));
        let mut inner = Inner::both(self.0.name.clone(), &self, &self, holds);
        inner.varies_by = self.0.varies_by.iter().cloned().chain([name]).collect();
        inner.parameters.clone_from(&self.0.parameters);
        Self(Arc::new(inner))
    }

    /// A condition of the framework: it is told apart from others by its name, says by itself which
    /// parameters it reads, and may have more to say than 404.
    pub(crate) fn known(
        name: String,
        parameters: Vec<Parameter>,
        varies_by: Vec<HeaderName>,
        refusal: Refusal,
        holds: impl Fn(&Facts) -> bool + Send + Sync + 'static,
    ) -> Self {
        let inner = Inner::new(name, holds);
        let refusal = Some(refusal);
        Self(Arc::new(Inner { is_known: true, parameters, varies_by, refusal, ..inner }))
    }

    /// A condition that is refused at assembly, with this reason.
    pub(crate) fn never(mistake: Never) -> Self {
        let inner = Inner::new("never".to_owned(), |_| false);
        Self(Arc::new(Inner { mistake: Some(mistake), ..inner }))
    }

    pub(crate) fn holds(&self, facts: &Facts) -> bool {
        (self.0.holds)(facts)
    }

    /// The answer where no route's condition holds, if it is more than 404.
    pub(crate) fn refuse(&self, facts: &Facts) -> Option<Error> {
        self.0.refusal.as_ref().and_then(|refusal| (refusal.refuse)(facts))
    }

    /// The header fields that it reads.
    pub(crate) fn headers(&self) -> &[HeaderName] {
        &self.0.varies_by
    }

    pub(crate) fn mistake(&self) -> Option<&Never> {
        self.0.mistake.as_ref()
    }

    /// Whether both surely hold for the same requests.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let is_one = Arc::ptr_eq(&self.0, &other.0);
        is_one || (self.0.is_known && other.0.is_known && self.0.name == other.0.name)
    }

    /// What tells a route with these conditions from others of its path, in every process. Closures
    /// have no names, so that the number of routes of the path before this one has to do.
    pub(crate) fn tell(conditions: &[Self], before: impl FnOnce() -> usize) -> String {
        let is_nameless = conditions.iter().any(|one| !one.0.is_known);
        let number = is_nameless.then(|| before().to_string());
        let names = conditions.iter().map(ToString::to_string);
        names.chain(number).collect::<Vec<_>>().join("\n")
    }

    pub(crate) fn describe(&self, operation: &mut Operation) {
        for parameter in &self.0.parameters {
            operation.parameter(parameter.clone());
        }
        if let Some(Refusal { status, codes, description, .. }) = &self.0.refusal {
            for code in *codes {
                operation.problem(*status, code, description.clone());
            }
        }
    }
}

/// It does not hold.
impl Not for Condition {
    type Output = Self;

    fn not(self) -> Self {
        let condition = self.clone();
        let holds: Box<Holds> = Box::new(move |facts| !condition.holds(facts));
        let mut inner = Inner::both(format!("not {self}"), &self, &self, holds);
        inner.varies_by.clone_from(&self.0.varies_by);
        inner.parameters.clone_from(&self.0.parameters);
        Self(Arc::new(inner))
    }
}

/// A closure says nothing of itself; [`Condition::new`] gives it a name.
impl<F: Fn(&Facts) -> bool + Send + Sync + 'static> From<F> for Condition {
    fn from(holds: F) -> Self {
        Self::new("a closure", holds)
    }
}

/// Several routes of one method and path, and when each of them answers.
#[derive(Debug, Default)]
pub(crate) struct Choice {
    /// In the order in which they are asked, by the index of their chain.
    pub(crate) conditional: Vec<(Vec<Condition>, usize)>,
    pub(crate) otherwise: Option<usize>,
}

impl Choice {
    /// The route that answers. `None` where no condition holds and no route is without one.
    pub(crate) fn choose(&self, facts: &Facts) -> Option<usize> {
        let holds = |(conditions, _): &&(Vec<Condition>, usize)| {
            conditions.iter().all(|condition| condition.holds(facts))
        };
        self.conditional.iter().find(holds).map(|(_, index)| *index).or(self.otherwise)
    }

    /// What a condition has to say where none holds.
    pub(crate) fn refuse(&self, facts: &Facts) -> Option<Error> {
        let mut conditions = self.conditional.iter().map(|(conditions, _)| conditions);
        conditions.find_map(|all| all.iter().find_map(|condition| condition.refuse(facts)))
    }

    /// Whether a route with these conditions would never be asked.
    pub(crate) fn has_same(&self, conditions: &[Condition]) -> Option<usize> {
        let covers = |all: &[Condition], some: &[Condition]| {
            some.iter().all(|one| all.iter().any(|other| one.is_same(other)))
        };
        let is_same = |(known, _): &&(Vec<Condition>, usize)| {
            covers(known, conditions) && covers(conditions, known)
        };
        self.conditional.iter().find(is_same).map(|(_, index)| *index)
    }

    /// All routes.
    pub(crate) fn indices(&self) -> impl Iterator<Item = usize> {
        self.conditional.iter().map(|(_, index)| *index).chain(self.otherwise)
    }

    /// Whether there are requests for which none of them is.
    pub(crate) fn is_open(&self) -> bool {
        self.otherwise.is_none()
    }

    /// The header fields that its conditions look at.
    fn headers(&self) -> Vec<&HeaderName> {
        let mut headers = Vec::new();
        for (conditions, _) in &self.conditional {
            for condition in conditions {
                headers.extend(condition.headers());
            }
        }
        headers
    }
}

/// The header fields on which choices depend, as `Vary` lists them.
pub(crate) fn vary<'c>(choices: impl IntoIterator<Item = &'c Choice>) -> Option<HeaderValue> {
    let mut names: Vec<&str> = Vec::new();
    for choice in choices {
        for name in choice.headers() {
            if !names.contains(&name.as_str()) {
                names.push(name.as_str());
            }
        }
    }
    let list = Some(names.join(", ")).filter(|list| !list.is_empty());
    list.and_then(|list| HeaderValue::try_from(list).ok())
}
