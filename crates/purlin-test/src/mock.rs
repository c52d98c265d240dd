//! One handler, called with a request that was made by hand.

use std::fmt;
use std::panic::Location;
use std::sync::Arc;

use http::{HeaderName, HeaderValue, Method};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use purlin_core::{App, Dependency, Route, Routes};

use crate::app::TestApp;
use crate::draft::{Draft, Letter};
use crate::response::TestResponse;
use crate::send::{Manner, send};

/// What stands for itself in a segment of a path.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

type Change = Arc<dyn Fn(App) -> App + Send + Sync>;

/// A request to one handler, without the application around it: its guards and its arguments are
/// those of its attribute, and what it needs is provided here.
///
/// It may be changed and used again.
///
/// ```no_run
/// # use purlin_core::*;
/// # use std::sync::Arc;
/// # #[allow(non_camel_case_types)] enum show {}
/// # impl Route for show {
/// #     const METHOD: &'static str = "GET";
/// #     const PATH: &'static str = "/api/users/{id}";
/// #     const PLACE: Place = Place::new("show", "", 0);
/// #     const DOC: RouteDoc = RouteDoc::new("");
/// #     fn endpoint(_: &mut Site<'_>) -> Result<Arc<dyn Endpoint>, Reported> { todo!() }
/// # }
/// use purlin_test::MockRequest;
///
/// # purlin_test::run(async {
/// let mut request = MockRequest::get("/api/users/1").param("id", "1");
/// request.call::<show>().await.assert_ok();
///
/// request.set_param("id", "999");
/// request.call::<show>().await.assert_status(404);
/// # });
/// ```
pub type MockRequest = Draft<ToHandler>;

/// To one handler.
#[doc(hidden)]
#[derive(Clone, Default)]
pub struct ToHandler {
    parameters: Vec<(String, String)>,
    changes: Vec<Change>,
}

impl fmt::Debug for ToHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.parameters).finish()
    }
}

impl MockRequest {
    /// A request of any method. The path is for the reader, and for a handler whose parameters are
    /// all in it: one that is set with [`param`](Self::param) goes before.
    #[track_caller]
    pub fn new(method: Method, path: &str) -> Self {
        let letter = Letter::new(method, path.to_owned(), Location::caller());
        Self { letter, to: ToHandler::default() }
    }

    /// A GET request.
    #[track_caller]
    pub fn get(path: &str) -> Self {
        Self::new(Method::GET, path)
    }

    /// A POST request.
    #[track_caller]
    pub fn post(path: &str) -> Self {
        Self::new(Method::POST, path)
    }

    /// A PUT request.
    #[track_caller]
    pub fn put(path: &str) -> Self {
        Self::new(Method::PUT, path)
    }

    /// A PATCH request.
    #[track_caller]
    pub fn patch(path: &str) -> Self {
        Self::new(Method::PATCH, path)
    }

    /// A DELETE request.
    #[track_caller]
    pub fn delete(path: &str) -> Self {
        Self::new(Method::DELETE, path)
    }

    /// Sets a path parameter, as plain text.
    pub fn param(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.set_param(name, value);
        self
    }

    /// Sets a path parameter, for the next call.
    pub fn set_param(&mut self, name: &str, value: impl fmt::Display) {
        let value = value.to_string();
        match self.to.parameters.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => *old = value,
            None => self.to.parameters.push((name.to_owned(), value)),
        }
    }

    /// Sets a header field, for the next call.
    ///
    /// # Panics
    ///
    /// When name or value holds what a header may not.
    #[track_caller]
    pub fn set_header<N, V>(&mut self, name: N, value: V)
    where
        N: TryInto<HeaderName, Error: fmt::Debug>,
        V: TryInto<HeaderValue, Error: fmt::Debug>,
    {
        let name = name.try_into();
        if let Ok(name) = &name {
            self.letter.headers.remove(name);
        }
        self.letter.add_header(name, value.try_into());
    }

    /// Provides a service that the handler needs.
    pub fn provide<T: Send + Sync + 'static>(self, service: T) -> Self {
        self.provide_as(Arc::new(service))
    }

    /// Provides a service under another type: `provide_as::<dyn Mailer>(Arc::new(Fake))`.
    pub fn provide_as<T: ?Sized + Send + Sync + 'static>(self, service: Arc<T>) -> Self {
        self.app(move |app| app.provide_as(Arc::clone(&service)))
    }

    /// Puts a value in the place of a request dependency: `instead_of::<reader>(anna())`.
    pub fn instead_of<D: Dependency>(self, value: D::Value) -> Self {
        let value = Arc::new(value);
        self.app(move |app| app.instead_of_shared::<D>(Arc::clone(&value)))
    }

    /// Changes the application in which the handler stands: `.app(|app| app.with(Sessions::new()))`.
    pub fn app(mut self, change: impl Fn(App) -> App + Send + Sync + 'static) -> Self {
        self.to.changes.push(Arc::new(change));
        self
    }

    /// Calls a handler, by the type beside its function.
    ///
    /// # Panics
    ///
    /// When the handler needs what was not provided, with the report of all that is missing; and
    /// when a path parameter has no value.
    #[track_caller]
    pub fn call<R: Route>(&self) -> impl Future<Output = TestResponse> + Send + use<R> {
        let mut letter = self.letter.clone();
        letter.place = Location::caller();
        let names: Vec<&str> = names_of(R::PATH);
        if !self.to.parameters.is_empty() {
            letter.target = self.target(R::PATH, &names);
        }
        let prefix = self.prefix(&names);
        let routes = Routes::new().nest(&prefix, Routes::new().route::<R>());
        let app = App::new("mock").routes(routes).without_health().docs(false);
        let app = self.to.changes.iter().fold(app, |app, change| change(app));
        let started = TestApp::start(app);
        async move {
            let app = started.await;
            send(app.client(), letter, Manner::default()).await
        }
    }

    /// The parameters that the path of the handler does not have: those of a prefix.
    fn outer<'s>(&'s self, names: &[&str]) -> impl Iterator<Item = &'s (String, String)> {
        self.to.parameters.iter().filter(move |(name, _)| !names.contains(&name.as_str()))
    }

    fn prefix(&self, names: &[&str]) -> String {
        self.outer(names).fold(String::new(), |prefix, (name, _)| prefix + "/{" + name + "}")
    }

    #[track_caller]
    fn target(&self, pattern: &str, names: &[&str]) -> String {
        let encode = |text: &str| utf8_percent_encode(text, SEGMENT).to_string();
        let outer = self.outer(names);
        let mut path = outer.fold(String::new(), |path, (_, value)| path + "/" + &encode(value));
        let mut rest = pattern;
        while let Some((before, name, is_tail, after)) = next_parameter(rest) {
            path.push_str(before);
            let value = self.to.parameters.iter().find(|(known, _)| known == name);
            let Some((_, value)) = value else {
                panic!(
                    "the path parameter `{{{name}}}` of `{pattern}` has no value: add `.param(\"{name}\", …)`"
                )
            };
            let segments = value.split('/').map(encode).collect::<Vec<_>>().join("/");
            path.push_str(&if is_tail { segments } else { encode(value) });
            rest = after;
        }
        path.push_str(rest);
        let query = self.letter.target.split_once('?').map(|(_, query)| format!("?{query}"));
        path + &query.unwrap_or_default()
    }
}

/// What stands before the first parameter of a pattern, its name, whether it is a tail, and what
/// stands behind it.
fn next_parameter(pattern: &str) -> Option<(&str, &str, bool, &str)> {
    let (before, rest) = pattern.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    let tail = name.strip_prefix('*');
    Some((before, tail.unwrap_or(name), tail.is_some(), after))
}

fn names_of(pattern: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut rest = pattern;
    while let Some((_, name, _, after)) = next_parameter(rest) {
        names.push(name);
        rest = after;
    }
    names
}
