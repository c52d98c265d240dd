//! The core of Purlin: requests, responses, routing, dependency injection, validation and OpenAPI,
//! without a socket, a database or a file.
//!
//! Applications use it through the `purlin` crate, which re-exports it whole.

#[doc(hidden)]
pub mod __private;

mod cors;

mod tower;

mod app;

mod idempotency;

mod builtin;

mod versions;

mod routes;

mod security;

mod deprecation;

mod etags;

mod concurrency;

mod stages;

mod handler;

mod pipeline;

mod events;

mod tasks;

mod endpoint;

mod respond;

mod dependency;

mod extract;

mod site;

mod warm;

mod condition;

mod services;

pub mod openapi;

mod url;

mod hosts;

mod router;

mod pattern;

mod report;

mod upload;

mod multipart;

mod negotiate;

mod conditional;

mod range;

pub mod config;

mod pages;

mod schema;

mod suggest;

mod response;

mod origin;

mod request;

mod error;

pub mod forwarded;

mod connection;

mod spare;

mod body;

mod named;

pub use self::app::App;
pub use self::app::{Arguments, Assembled, CommandInfo, RouteInfo, Started};
pub use self::app::{Inspection, Module};
pub use self::body::{Body, BoxError, ChunkError, Chunks, ReadError};
pub use self::concurrency::Concurrency;
#[doc(hidden)]
pub use self::concurrency::Limiting;
pub use self::condition::Condition;
pub use self::conditional::{ETag, InvalidETag, Judged, Validators, http_date};
pub use self::config::Mode;
pub use self::connection::Connection;
pub use self::cors::{Cors, CorsForAll};
pub use self::dependency::{Dependency, Scoped};
pub use self::deprecation::Deprecation;
pub use self::endpoint::{BoxFuture, Endpoint};
pub use self::error::{
    Error, Failure, Fault, FaultIn, Outline, Panicked, Problem, ProblemMember, ProblemStatus,
    Problems, Result,
};
pub use self::etags::ETags;
pub use self::events::{Event, Events, Subscriber};
pub use self::extract::{
    Checked, ClientAddress, Config, Cookies, Extract, Faults, Field, Form, Header, Host, Input,
    Json, Languages, Multipart, Path, PathValue, Query, Rules, Text, Unchecked, Urls,
};
pub use self::handler::{Blocking, Handler, blocking};
#[doc(hidden)]
pub use self::hosts::name_of as host_name;
pub use self::idempotency::{
    Begun, Idempotency, IdempotencyKey, IdempotencyMemory, IdempotencyScope, IdempotencyStore,
    StoredAnswer,
};
pub use self::multipart::{FileName, FormLimits, Image, ImageFormat};
pub use self::negotiate::Accept;
pub use self::pipeline::{Call, Service, TrailingSlash};
pub use self::pipeline::{Catchable, Caught, ErrorHandler, Unhandled};
pub use self::pipeline::{Hook, Middleware};
pub use self::pipeline::{Next, Running};
pub use self::range::{Wanted, content_range, wanted_range};
pub use self::report::{Mistake, Place, Report, Reported};
pub use self::request::{Facts, Request, RequestId};
#[doc(hidden)]
pub use self::respond::has_prefix as cookie_has_prefix;
pub use self::respond::{
    Accepted, Answer, Cookie, Created, CursorPage, CursorQuery, Format, HasSchema, Html,
    Negotiated, NoContent, Page, PageQuery, Redirect, Represent, Respond, RespondPart, SameSite,
    SetCookies, Status, Writable,
};
pub use self::response::Response;
pub use self::routes::{Controller, Route, RouteDoc, RouteOptions, Routes};
pub use self::services::{Close, Factory, Inject, Needs, Provider, Resolve, Slot};
pub use self::site::{RouteFacts, Site};
pub use self::stages::{Pipeline, Stopped};
pub use self::suggest::nearest;
pub use self::tasks::{TaskId, TaskState, TaskStatus, Tasks};
pub use self::tower::{Answering, HttpContent, HttpService, Inner};
pub use self::upload::{Spool, SpoolWriter, Spooled, Spooling, Upload, UploadStore, Uploads};
pub use self::url::Url;
pub use self::versions::Versions;
