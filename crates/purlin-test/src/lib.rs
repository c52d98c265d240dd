//! Tests applications in process: no port, no sleep, and every answer is held against the OpenAPI
//! document.
//!
//! A [`TestApp`] is an application that was assembled and started; it is asked as a client would
//! ask it, and a [`TestResponse`] is asserted about. When an assertion fails, the whole exchange is
//! printed: request, answer, and the chain of causes behind an error.
//!
//! # Example
//!
//! ```
//! use purlin_core::{App, Path, Routes};
//! use purlin_test::TestApp;
//!
//! async fn hello(Path(name): Path<String>) -> String {
//!     format!("Hello, {name}!")
//! }
//!
//! # purlin_test::run(async {
//! let app = TestApp::start(App::new("hello").routes(Routes::new().get("/hello/{name}", hello))).await;
//! let response = app.get("/hello/world").await;
//! response.assert_ok().assert_text_contains("Hello, world!");
//! # });
//! ```
//!
//! # What is checked without being asked
//!
//! An answer that the document does not promise fails the test:
//! [`conformance`](purlin_core::openapi::conformance) says what that means. Routes that are not in
//! the document are left alone, and [`without_conformance`](Draft::without_conformance) leaves one
//! request alone.

mod server;

mod pipe;

mod signal;

mod runtime;

mod mock;

mod setup;
mod app;

mod request;

mod send;

mod client;

mod redirect;

mod assert;
mod response;

mod exchange;

mod draft;

mod parts;

mod target;

mod subject;

mod jar;

mod diff;

mod log;

mod until;

pub use purlin_macros::test;

pub use self::app::TestApp;
pub use self::assert::IntoStatus;
pub use self::client::Client;
pub use self::draft::Draft;
pub use self::log::Log;
pub use self::mock::MockRequest;
pub use self::request::TestRequest;
pub use self::response::TestResponse;
pub use self::runtime::run;
pub use self::server::{ServerSetup, TestServer};
pub use self::setup::{Setup, start_fails};
pub use self::target::IntoTarget;
pub use self::until::until;
