//! One request's way through the steps of its route, in and out again.
//!
//! Each route has one flat [`Chain`], compiled at assembly; "no route" and "wrong method" have
//! theirs, so that steps see every answer. Errors are rendered where they leave a step: whoever is
//! further out sees a response, never an `Err`. A panic is caught in the same place.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, OnceLock, Weak};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use http::HeaderValue;
use http::header::VARY;

use super::catch::Catch;
use super::render::{self, Settings};
use super::room::InRoom;
use super::service::Shared;
use super::step::Step;
use crate::endpoint::{BoxFuture, Endpoint};
use crate::error::{Error, Result, catch};
use crate::origin::on_behalf_of;
use crate::request::{Facts, Request, Scope};
use crate::response::Response;
use crate::site::{Recognize, RouteFacts};

/// How often a request may be sent on to another route.
const MOST_REROUTES: u8 = 8;

/// The compiled way of one route.
pub(crate) struct Chain {
    pub(crate) steps: Box<[Step]>,
    pub(crate) end: Arc<dyn Endpoint>,
    /// The route's own before its parents' and the application's.
    pub(crate) catches: Box<[Arc<Catch>]>,
    pub(crate) recognizers: Box<[Recognize]>,
    pub(crate) facts: Arc<RouteFacts>,
    pub(crate) settings: Arc<Settings>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) scoped: bool,
    pub(crate) shared: Arc<OnceLock<Weak<Shared>>>,
    /// The header fields by which this route was chosen among several.
    pub(crate) vary: OnceLock<HeaderValue>,
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Chain({} {})", self.facts.method, self.facts.pattern)
    }
}

/// What is further in than a middleware.
#[derive(Debug)]
pub struct Next {
    chain: Arc<Chain>,
    at: usize,
    facts: Facts,
    reroutes: u8,
}

impl Next {
    /// Passes the request on and returns the answer: of the handler, or of whatever went wrong.
    pub fn run(self, request: Request) -> Running {
        Running::start(self.chain, self.at, self.facts, request, self.reroutes)
    }

    /// Looks the route up again, after the request's path or method was changed, and passes the
    /// request on to it. The steps of the application and of the new route run anew.
    ///
    /// After eight times the answer is 508.
    pub fn reroute(mut self, mut request: Request) -> Running {
        if self.reroutes >= MOST_REROUTES {
            return Running::failed(self, loop_detected());
        }
        let shared = self.chain.shared.get().and_then(Weak::upgrade);
        if let Some(shared) = shared {
            self.chain = shared.route(&mut request);
        }
        if self.chain.scoped && request.scope().is_none() {
            request.set_scope(Arc::new(Scope::default()));
        }
        let facts = request.facts();
        Running::start(self.chain, 0, facts, request, self.reroutes + 1)
    }
}

/// A request on its way: the future of the answer.
#[must_use = "a request does nothing until it is awaited"]
pub struct Running {
    chain: Arc<Chain>,
    facts: Facts,
    /// The first step of this stretch of the way, and the first that was not entered.
    from: usize,
    entered: usize,
    reroutes: u8,
    state: State,
}

enum State {
    Guarding(BoxFuture<Result<Request>>),
    Answering(BoxFuture<Result<Response>>),
    Around(InRoom),
    Catching(BoxFuture<Response>),
    Answered(Response),
    Failed(Error),
    Over,
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Running({:?})", self.chain)
    }
}

impl Running {
    pub(crate) fn start(
        chain: Arc<Chain>,
        at: usize,
        facts: Facts,
        request: Request,
        reroutes: u8,
    ) -> Self {
        let mut entered = at;
        let state = enter(&chain, &facts, reroutes, &mut entered, request);
        Self { chain, facts, from: at, entered, reroutes, state }
    }

    /// A way that ends before its first step.
    fn failed(next: Next, error: Error) -> Self {
        let Next { chain, facts, reroutes, .. } = next;
        Self { chain, facts, from: 0, entered: 0, reroutes, state: State::Failed(error) }
    }

    /// See [`enter`].
    fn enter(&mut self, request: Request) -> State {
        enter(&self.chain, &self.facts, self.reroutes, &mut self.entered, request)
    }

    /// Ends the way early: the answer of everything further in is this error. A middleware that
    /// waits is dropped, and with it the way behind it; the hooks there see the answer all the same.
    pub(crate) fn interrupt(&mut self, error: Error) {
        self.entered = self.chain.steps.len();
        self.state = State::Failed(error);
    }

    pub(crate) fn chain(&self) -> &Arc<Chain> {
        &self.chain
    }

    pub(crate) fn facts(&self) -> &Facts {
        &self.facts
    }

    fn render(&mut self, mut error: Error) {
        if !error.is_public() {
            error = render::recognize(error, &self.chain);
        }
        render::report(&error, &self.facts, &self.chain);
        let handler = self.chain.catches.iter().find(|caught| caught.matches(&error));
        self.state = match handler {
            Some(handler) => State::Catching(handler.call(error, self.facts.clone(), &self.chain)),
            None => State::Answered(render::problem(error, &self.facts, &self.chain)),
        };
    }

    /// The way out, past the hooks.
    fn leave(&mut self, response: &mut Response) {
        self.state = State::Over;
        if self.from == 0
            && let Some(vary) = self.chain.vary.get()
        {
            response.headers_mut().append(VARY, vary.clone());
        }
        if self.reroutes > 0 && self.from == 0 {
            // The call knows only the first route. Of several the last is the one that answered.
            let extensions = response.extensions_mut();
            if extensions.get::<Arc<RouteFacts>>().is_none() {
                extensions.insert(Arc::clone(&self.chain.facts));
            }
        }
        for step in self.chain.steps[self.from..self.entered].iter().rev() {
            if let Step::Hook(hook) = step
                && let Err(panic) = catch(|| hook.after(&self.facts, response))
            {
                // A hook that panics loses its own change only.
                render::report(&panic, &self.facts, &self.chain);
            }
        }
    }

    /// As [`Future::poll`].
    #[inline]
    pub(super) fn poll_answer(&mut self, cx: &mut Context<'_>) -> Poll<Response> {
        if self.chain.settings.has_subscribers { self.poll_known(cx) } else { self.advance(cx) }
    }

    /// Where there are subscribers, what runs is known to run on behalf of the request.
    fn poll_known(&mut self, cx: &mut Context<'_>) -> Poll<Response> {
        let facts = self.facts.clone();
        on_behalf_of(&facts, || self.advance(cx))
    }

    fn advance(&mut self, cx: &mut Context<'_>) -> Poll<Response> {
        let mut answer = loop {
            match &mut self.state {
                State::Guarding(guard) => {
                    let guarded = catch(|| guard.as_mut().poll(cx));
                    match ready!(guarded.unwrap_or_else(|panic| Poll::Ready(Err(panic)))) {
                        Ok(request) => self.state = self.enter(request),
                        Err(error) => self.render(error),
                    }
                }
                State::Answering(answer) => match catch(|| answer.as_mut().poll(cx)) {
                    Ok(Poll::Ready(Ok(response))) => break response,
                    Ok(Poll::Pending) => return Poll::Pending,
                    Ok(Poll::Ready(Err(error))) | Err(error) => self.render(error),
                },
                State::Around(answer) => match catch(|| answer.poll_answer(cx)) {
                    Ok(Poll::Ready(Ok(response))) => break response,
                    Ok(Poll::Pending) => return Poll::Pending,
                    Ok(Poll::Ready(Err(error))) | Err(error) => self.render(error),
                },
                State::Catching(handler) => match catch(|| handler.as_mut().poll(cx)) {
                    Ok(polled) => break ready!(polled),
                    Err(panic) => break render::plain(panic, &self.facts, &self.chain),
                },
                State::Answered(_) | State::Failed(_) => {
                    match std::mem::replace(&mut self.state, State::Over) {
                        State::Answered(response) => break response,
                        State::Failed(error) => self.render(error),
                        _ => {}
                    }
                }
                State::Over => panic!("a request was polled after its answer"),
            }
        };
        self.leave(&mut answer);
        Poll::Ready(answer)
    }
}

/// Enters steps until one has to be waited for. User code that runs here may panic, too.
fn enter(
    chain: &Arc<Chain>,
    facts: &Facts,
    reroutes: u8,
    entered: &mut usize,
    mut request: Request,
) -> State {
    let state = catch(|| {
        while let Some(step) = chain.steps.get(*entered) {
            *entered += 1;
            match step {
                Step::Hook(hook) => match hook.before(&mut request) {
                    Ok(None) => {}
                    Ok(Some(response)) => return State::Answered(response),
                    Err(error) => return State::Failed(error),
                },
                Step::Guard(guard) => return State::Guarding(Arc::clone(guard).check(request)),
                Step::Middleware(middleware) => {
                    let (chain, facts) = (Arc::clone(chain), facts.clone());
                    let next = Next { chain, at: *entered, facts, reroutes };
                    return State::Around(Arc::clone(middleware).call(request, next));
                }
            }
        }
        State::Answering(Arc::clone(&chain.end).call(request))
    });
    state.unwrap_or_else(State::Failed)
}

#[cold]
fn loop_detected() -> Error {
    let why = "the request was sent from route to route without end";
    Error::new(http::StatusCode::LOOP_DETECTED, "loop_detected", why)
}

impl Future for Running {
    type Output = Response;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Response> {
        self.get_mut().poll_answer(cx)
    }
}
