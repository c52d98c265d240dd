//! Purlin: the full-stack web framework for Rust.
//!
//! Typed handlers, from which Purlin gets routing, validation, OpenAPI, dependency injection,
//! guards and verified URLs, and refuses to start with a clear report when anything does not fit.
//!
//! # Example
//!
//! ```no_run
//! use purlin::{App, get};
//!
//! #[get("/hello/{name}")]
//! async fn hello(name: String) -> String {
//!     format!("Hello, {name}!")
//! }
//!
//! fn main() -> purlin::Result {
//!     purlin::run(|| App::new("hello").routes(purlin::routes![hello]))
//! }
//! ```
//!
//! `cargo run` serves it at <http://127.0.0.1:3000>, with its documentation at `/docs`;
//! `cargo run -- routes`, `-- openapi` and `-- check` answer questions about it without serving.
//!
//! # Where things are
//!
//! | what | where |
//! |---|---|
//! | the application | [`App`], [`Routes`], [`Module`], [`run`] |
//! | routes | [`get`], [`post`], [`put`], [`patch`], [`delete`], [`route`], [`routes!`], [`controller`] |
//! | inputs | [`Json`], [`Query`], [`Form`], [`Upload`], [`Multipart`], [`Path`], [`Header`], [`Cookies`], [`Checked`], [`derive@Extract`] |
//! | responses | [`Json`], [`Html`], [`Created`], [`Redirect`], [`Page`], [`Status`], [`derive@Respond`] |
//! | errors | [`Error`], [`derive@Problem`], [`Caught`] |
//! | which route | [`Routes::host`], [`Routes::when`], [`Condition`], [`Versions`], [`Deprecation`] |
//! | services | [`Inject`], [`Resolve`], [`Scoped`], [`dependency`], [`Config`], [`Tasks`], [`Events`] |
//! | steps | [`Middleware`], [`Next`], [`Hook`], [`Cors`], [`ETags`], [`Idempotency`] |
//!
//! # Attributes and derives
//!
//! ## Options of a route
//!
//! They stand behind the path: `#[get("/books/{id}", guard = Admin, timeout = "5s")]`.
//!
//! | option | what it says |
//! |---|---|
//! | `guard = Admin` | an extractor that has to succeed; may be said several times |
//! | `timeout = "5s"` | how long it may take until the answer begins |
//! | `body_limit = "10MiB"` | how large a body may be |
//! | `query_limit = 50` | how many parameters a query may have |
//! | `errors = [LendError::OnLoan]` | which variants of its error it answers with, if not all |
//! | `id = "books.list"`, `tag = "books"`, `hidden` | how it is called in the OpenAPI document, under what, or that it is not in it |
//!
//! An argument is an extractor, or a parameter of the path by its name. One that a prefix or a host
//! brings, which the attribute cannot see, is `#[path] org: OrgId`.
//!
//! ## Controllers
//!
//! A controller is a service whose methods are handlers, under one path:
//!
//! ```
//! use purlin::{App, Controller, controller};
//!
//! struct Books { titles: Vec<String> }
//!
//! #[controller("/books")]
//! impl Books {
//!     /// Its address is `Books::show_url(7)`.
//!     #[get("/{id}")]
//!     async fn show(&self, id: usize) -> Option<String> {
//!         self.titles.get(id).cloned()
//!     }
//! }
//!
//! let books = Books { titles: vec!["Dune".to_owned()] };
//! let app = App::new("library").provide(books).routes(Books::routes());
//! ```
//!
//! ## Request dependencies
//!
//! One is built at most once per request, when somebody asks for it, and may be finished when the
//! handler is done:
//!
//! ```
//! use std::sync::Arc;
//!
//! use purlin::http::StatusCode;
//! use purlin::{Inject, Result, Scoped, dependency, post};
//!
//! struct Ledger;
//! struct Entry(u64);
//!
//! #[dependency(finish = commit)]
//! async fn entry(ledger: Inject<Ledger>) -> Result<Entry> {
//!     let _ = ledger;
//!     Ok(Entry(7))
//! }
//!
//! /// With the status of the answer: what failed is not to stay.
//! async fn commit(entry: Arc<Entry>, status: StatusCode) -> Result {
//!     println!("{} is {}", entry.0, if status.is_success() { "written" } else { "dropped" });
//!     Ok(())
//! }
//!
//! #[post("/payments")]
//! async fn pay(entry: Scoped<entry>) -> String {
//!     format!("entry {}", entry.0)
//! }
//! ```
//!
//! ## Large inputs and outputs
//!
//! `#[derive(Extract)]` gathers extractors in a struct, `#[derive(Respond)]` responses in an enum. Both
//! are documented as their parts are.
//!
//! ```
//! use purlin::{Created, Extract, Json, PageQuery, Query, Respond, Text, get, post};
//!
//! #[derive(Extract)]
//! struct Change {
//!     #[extract(path)]
//!     id: u64,
//!     page: Query<PageQuery>,
//!     text: Text,
//! }
//!
//! #[derive(Respond)]
//! enum Changed {
//!     /// There was none before.
//!     New(Created<Json<u64>>),
//!     #[respond(status = 202)]
//!     Later(Json<u64>),
//!     #[respond(status = 410)]
//!     Gone,
//! }
//!
//! #[post("/notes/{id}")]
//! async fn change(change: Change) -> Changed {
//!     match change.id {
//!         0 => Changed::Gone,
//!         1 => Changed::Later(Json(1)),
//!         id => Changed::New(Created::at(show::url(id), Json(id))),
//!     }
//! }
//!
//! #[get("/notes/{id}")]
//! async fn show(id: u64) -> String {
//!     id.to_string()
//! }
//! ```
//!
//! # Features
//!
//! | feature | default | what it adds |
//! |---|---|---|
//! | `files` | yes | the `files` module: files as answers, with ranges and conditions; uploads on disk |
//! | `msgpack` | no | MessagePack, as one more form of [`Negotiated`] |
//! | `sqlite` | no | the `data` module: SQLite through `sqlx`, migrations, seeds |
//! | `sea-orm` | no | SeaORM entities over the same pools |

mod run;

mod command;

mod banner;

mod explain;

#[cfg(feature = "files")]
#[path = "uploads/enabled.rs"]
mod uploads;

#[cfg(not(feature = "files"))]
#[path = "uploads/disabled.rs"]
mod uploads;

mod settings;

mod line;

mod logging;

mod levels;

mod printer;

mod failed;

#[doc(hidden)]
pub use purlin_core::__private;
pub use purlin_core::*;
#[cfg(feature = "sqlite")]
pub use purlin_data as data;
#[cfg(feature = "files")]
pub use purlin_files as files;
#[cfg(feature = "sqlite")]
pub use purlin_macros::migrations;
pub use purlin_macros::{
    Extract, Problem, Respond, controller, delete, dependency, get, head, options, patch, post,
    put, route, routes,
};
pub use purlin_server as server;
pub use {bytes, http};

pub use self::levels::{LogLevels, LogLevelsError};
pub use self::logging::{LogConfig, LogFormat};
pub use self::run::{run, run_with};
#[cfg(feature = "files")]
pub use self::uploads::TempFilesConfig;

/// The examples of the README, compiled.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;

/// The examples of the page about inputs, compiled.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/inputs.md")]
struct InputsPage;

/// The examples of the page about the server, compiled.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/server.md")]
struct ServerPage;

/// The examples of the page about uploads, compiled.
#[cfg(all(doctest, feature = "files"))]
#[doc = include_str!("../../../docs/uploads.md")]
struct UploadsPage;

/// The examples of the page about routing, compiled.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/routing.md")]
struct RoutingPage;

/// The examples of the page about events, compiled.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/events.md")]
struct EventsPage;

/// The examples of the page about steps, compiled.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/steps.md")]
struct StepsPage;

/// The examples of the page about responses, compiled.
#[cfg(all(doctest, feature = "files"))]
#[doc = include_str!("../../../docs/responses.md")]
struct ResponsesPage;

/// The examples of the page about pipelines, compiled.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/pipelines.md")]
struct PipelinesPage;

/// The examples of the page about idempotency, compiled.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/idempotency.md")]
struct IdempotencyPage;
