//! Requests to an application.

use std::panic::Location;
use std::pin::Pin;

use http::Method;
use purlin_core::Body;

use crate::client::Client;
use crate::draft::{Draft, Letter};
use crate::response::TestResponse;
use crate::send::{Manner, send};
use crate::target::IntoTarget;

/// A request to an application; awaiting it gives the [`TestResponse`].
pub type TestRequest = Draft<ToApp>;

/// To an application.
#[doc(hidden)]
#[derive(Debug)]
pub struct ToApp {
    client: Client,
    manner: Manner,
}

impl TestRequest {
    /// Sends a stream, chunked: of [`Body::produce`], for example.
    pub fn stream(mut self, body: Body) -> Self {
        self.letter.media_type = None;
        self.to.manner.stream = Some(body);
        self
    }

    /// Follows redirects within the application, ten at most. 303 is followed with GET, and so are
    /// 301 and 302 after POST; 307 and 308 repeat method and body.
    pub fn follow_redirects(mut self) -> Self {
        self.to.manner.follows = true;
        self
    }

    /// Gives the answer as soon as its head is there. The body is then read chunk by chunk, with
    /// [`TestResponse::chunk`].
    pub fn streamed(mut self) -> Self {
        self.to.manner.streamed = true;
        self
    }
}

impl IntoFuture for TestRequest {
    type Output = TestResponse;
    type IntoFuture = Pin<Box<dyn Future<Output = TestResponse> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        let Self { letter, to: ToApp { client, manner } } = self;
        Box::pin(send(client, letter, manner))
    }
}

impl Client {
    /// A request of any method.
    ///
    /// # Panics
    ///
    /// When `target` is the address of a route that the application does not mount.
    #[track_caller]
    pub fn request(&self, method: Method, target: impl IntoTarget) -> TestRequest {
        let target = match target.into_target(&self.subject.service) {
            Ok(target) => target,
            Err(error) => panic!("the address of the request cannot be written out: {error}"),
        };
        let letter = Letter::new(method, target, Location::caller());
        Draft { letter, to: ToApp { client: self.clone(), manner: Manner::default() } }
    }

    /// A GET request.
    #[track_caller]
    pub fn get(&self, target: impl IntoTarget) -> TestRequest {
        self.request(Method::GET, target)
    }

    /// A HEAD request.
    #[track_caller]
    pub fn head(&self, target: impl IntoTarget) -> TestRequest {
        self.request(Method::HEAD, target)
    }

    /// A POST request.
    #[track_caller]
    pub fn post(&self, target: impl IntoTarget) -> TestRequest {
        self.request(Method::POST, target)
    }

    /// A PUT request.
    #[track_caller]
    pub fn put(&self, target: impl IntoTarget) -> TestRequest {
        self.request(Method::PUT, target)
    }

    /// A PATCH request.
    #[track_caller]
    pub fn patch(&self, target: impl IntoTarget) -> TestRequest {
        self.request(Method::PATCH, target)
    }

    /// A DELETE request.
    #[track_caller]
    pub fn delete(&self, target: impl IntoTarget) -> TestRequest {
        self.request(Method::DELETE, target)
    }

    /// An OPTIONS request.
    #[track_caller]
    pub fn options(&self, target: impl IntoTarget) -> TestRequest {
        self.request(Method::OPTIONS, target)
    }
}
