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

/// The examples of the page about idempotency, compiled.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/idempotency.md")]
struct IdempotencyPage;
