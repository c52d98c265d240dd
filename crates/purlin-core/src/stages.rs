//! Pipelines: functions in a row, of which each takes what the one before gave.

use std::fmt;
use std::sync::Arc;

use crate::endpoint::BoxFuture;
use crate::error::{Error, Result};

type Run<A, B, E> = dyn Fn(A) -> BoxFuture<Result<B, Stopped<E>>> + Send + Sync;

/// Steps in a row, from `A` to `B`, that stop at the first error.
///
/// It is a value: it is cloned for little, kept as a service, and put into another one with
/// [`append`](Self::append). Steps are async functions, or plain ones that do not block. The first
/// one says with which type `E` the pipeline fails; the errors of others are converted into it. The
/// name of the step that failed comes with it.
///
/// ```
/// use purlin_core::{Error, Pipeline, Result};
///
/// async fn authenticate(token: String) -> Result<(u32, String)> {
///     if token.is_empty() { Err(Error::unauthorized("Bearer", "no token")) } else { Ok((7, token)) }
/// }
/// fn validate((user, text): (u32, String)) -> Result<(u32, String)> {
///     if text.len() > 9 { Err(Error::bad_request("too_long", "too long")) } else { Ok((user, text)) }
/// }
/// async fn save((user, text): (u32, String)) -> Result<usize> { Ok(text.len()) }
///
/// async fn create() -> Result<String> {
///     let create = Pipeline::new("authenticate", authenticate)
///         .then_sync("validate", validate)
///         .then("save", save);
///     let length = create.run("secret".to_owned()).await?;
///     Ok(format!("{length} bytes"))
/// }
/// ```
#[must_use = "a pipeline does nothing until it is run"]
pub struct Pipeline<A, B, E = Error> {
    run: Arc<Run<A, B, E>>,
    steps: Arc<[&'static str]>,
}

impl<A, B, E> Clone for Pipeline<A, B, E> {
    fn clone(&self) -> Self {
        Self { run: Arc::clone(&self.run), steps: Arc::clone(&self.steps) }
    }
}

impl<A, B, E> fmt::Debug for Pipeline<A, B, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pipeline({})", self.steps.join(" → "))
    }
}

impl<A: Send + 'static, B: Send + 'static, E: Send + 'static> Pipeline<A, B, E> {
    /// A pipeline of one async step.
    pub fn new<F, Fut>(name: &'static str, step: F) -> Self
    where
        F: Fn(A) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<B, E>> + Send + 'static,
    {
        let run = move |input| -> BoxFuture<Result<B, Stopped<E>>> {
            let output = step(input);
            Box::pin(async move { output.await.map_err(|error| Stopped::at(name, error)) })
        };
        Self { run: Arc::new(run), steps: Arc::new([name]) }
    }

    /// A pipeline of one plain step.
    pub fn new_sync(
        name: &'static str,
        step: impl Fn(A) -> Result<B, E> + Send + Sync + 'static,
    ) -> Self {
        let run = move |input| -> BoxFuture<Result<B, Stopped<E>>> {
            let output = step(input).map_err(|error| Stopped::at(name, error));
            Box::pin(std::future::ready(output))
        };
        Self { run: Arc::new(run), steps: Arc::new([name]) }
    }

    /// Adds an async step.
    pub fn then<C, F, Fut, S>(self, name: &'static str, step: F) -> Pipeline<A, C, E>
    where
        C: Send + 'static,
        F: Fn(B) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<C, S>> + Send + 'static,
        S: Into<E>,
    {
        self.append(Pipeline::new(name, move |input| {
            let output = step(input);
            async move { output.await.map_err(Into::into) }
        }))
    }

    /// Adds a plain step, which must not block.
    pub fn then_sync<C: Send + 'static, S: Into<E>>(
        self,
        name: &'static str,
        step: impl Fn(B) -> Result<C, S> + Send + Sync + 'static,
    ) -> Pipeline<A, C, E> {
        self.append(Pipeline::new_sync(name, move |input| step(input).map_err(Into::into)))
    }

    /// Adds all steps of another pipeline.
    pub fn append<C: Send + 'static>(self, other: Pipeline<B, C, E>) -> Pipeline<A, C, E> {
        let steps = self.steps.iter().chain(&*other.steps).copied().collect();
        let (first, second) = (self.run, other.run);
        let run = move |input| -> BoxFuture<Result<C, Stopped<E>>> {
            let (first, second) = (first(input), Arc::clone(&second));
            Box::pin(async move { second(first.await?).await })
        };
        Pipeline { run: Arc::new(run), steps }
    }

    /// The names of the steps, in order.
    pub fn steps(&self) -> &[&'static str] {
        &self.steps
    }

    /// Runs the steps one after the other, until one fails.
    ///
    /// # Errors
    ///
    /// That of the first step that fails, with its name.
    pub async fn run(&self, input: A) -> Result<B, Stopped<E>> {
        (self.run)(input).await
    }
}

/// The step at which a [`Pipeline`] stopped, and why.
///
/// With `?` it becomes an [`Error`]: an `Error` of a step keeps its status and all it says, and any
/// other type of error is found behind it, as by `on_error`.
#[derive(Clone, Debug)]
pub struct Stopped<E> {
    step: &'static str,
    error: E,
}

impl<E> Stopped<E> {
    fn at(step: &'static str, error: E) -> Self {
        tracing::debug!(target: "purlin::pipeline", step, "a pipeline stopped");
        Self { step, error }
    }

    /// The name of the step.
    pub fn step(&self) -> &'static str {
        self.step
    }

    /// Why it failed.
    pub fn error(&self) -> &E {
        &self.error
    }

    /// Why it failed, without the name of the step.
    pub fn into_error(self) -> E {
        self.error
    }
}

impl<E> fmt::Display for Stopped<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the step `{}` did not succeed", self.step)
    }
}

impl<E: std::error::Error + 'static> std::error::Error for Stopped<E> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

impl From<Stopped<Self>> for Error {
    fn from(stopped: Stopped<Self>) -> Self {
        let text = stopped.to_string();
        stopped.error.context(text)
    }
}
