//! HTTP/1.1 for Purlin: a [`Server`] answers a [`purlin_core::Service`] on a TCP port.
//!
//! The protocol is hyper's; what lies around it is here: listening, accepting, batched writes,
//! deadlines, limits and a shutdown that loses no request. Applications use it through the
//! `purlin` crate, whose `run` does all of this.
//!
//! # Example
//!
//! ```
//! use purlin_core::{App, Routes};
//! use purlin_server::{Server, ServerConfig};
//!
//! # let runtime = purlin_server::runtime(None).unwrap();
//! # runtime.block_on(async {
//! let app = App::new("hello").routes(Routes::new().get("/", async || "Hello, world!"));
//! let started = app.assemble().unwrap().start().await.unwrap();
//!
//! let config = ServerConfig { port: 0, ..ServerConfig::default() };
//! let server = Server::bind(&config).unwrap();
//! println!("http://{}", server.local_addr());
//! let shutdown = std::future::ready(()); // or `purlin_server::signals()`
//! let stopped = server.serve(started.service(), shutdown).await.unwrap();
//! assert_eq!(stopped.cut, 0);
//! # });
//! ```
//!
//! # Invariants
//!
//! - A connection costs one task and one timer; a request on it costs no timer, no task and, when
//!   it is not pipelined, one read and one write.
//! - Answers leave in the order of their requests, and all that are ready leave together.
//! - Nothing that a client does, and no panic, ends the server.
//!
//! # Limits
//!
//! Those of [`ServerConfig`]; the time for a whole request and the size of its body belong to the
//! application and its routes. A connection that is closed after a refusal is read for at most two
//! seconds and 4 MiB more, so that the client gets to see why.
//!
//! # What the protocol does by itself
//!
//! Some requests are refused by hyper before the application sees them, with an empty answer and
//! `Connection: close`, and are counted in [`ServerStats::refused_heads`]:
//!
//! | request | answer |
//! |---|---|
//! | a head over `header_limit`, or with more than `header_count` fields | 431 |
//! | a target over 64 KiB, where `header_limit` allows such a head | 414 |
//! | a malformed request line or header, folded lines (RFC 9112 §5.2), an unknown version | 400 |
//! | `Content-Length` that is no number, or two that differ (RFC 9112 §6.3) | 400 |
//! | `Transfer-Encoding` in HTTP/1.0, or one that does not end in `chunked` | 400 |
//! | the preface of HTTP/2 | none, it is closed |
//!
//! A request with both `Content-Length` and `Transfer-Encoding: chunked` is read as chunked,
//! reaches the application without its `Content-Length`, and is the last one of its connection
//! (RFC 9112 §6.1). Lines that end in a bare line feed are accepted (RFC 9112 §2.2). Trailers are
//! sent only to clients that say `TE: trailers`, and only those that the response announces in
//! `Trailer`. A client that waits for `100 Continue` gets it when the handler begins to read; from a
//! handler that answers first and reads then, as an echo of a stream does, it gets the answer
//! instead, and decides by itself when to send (RFC 9110 §10.1.1). A client that closes its sending half still gets its answers (RFC 9112 §9.6), so that
//! a handler runs to its end even when its client has left.

mod server;

mod accept;

mod task;

mod closing;

mod serving;

mod timer;

mod exchange;

mod wire;

mod reads;

mod wait;

mod transfer;

mod outbox;

mod transport;

mod shared;

mod switch;

mod stats;

mod listen;

mod config;

mod signals;

mod runtime;

pub use self::config::ServerConfig;
pub use self::listen::BindError;
pub use self::runtime::runtime;
pub use self::server::{Server, Stopped};
pub use self::signals::signals;
pub use self::stats::ServerStats;

#[cfg(test)]
mod tests;
