//! HTTP/1.1 for Purlin: a [`Server`] answers a [`purlin_core::Service`] on TCP ports and Unix sockets.
//!
//! The protocol is hyper's; what lies around it is here: listening, accepting, batched writes,
//! deadlines, limits, proxies in front, and a shutdown that loses no request. Applications use it through the
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
//! let config = ServerConfig::default().port(0);
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
//! - Nobody is believed about who he is, unless [`ServerConfig::trusted_proxies`] names him.
//!
//! # Limits
//!
//! Those of [`ServerConfig`]; the time for a whole request and the size of its body belong to the
//! application and its routes. What a client sends when its last answer is on the way is read, for
//! at most two seconds and 4 MiB: a socket with unread bytes would be reset instead of closed, and
//! the end of the answer lost. A server that stops does so for half a second.
//!
//! # When a client leaves
//!
//! Its request is given up: the handler is dropped where it waits, and so is the producer of a
//! body, with all that they hold; the log has a line of it. How soon that is depends on what the client's system tells:
//!
//! | what comes | when | noticed |
//! |---|---|---|
//! | a reset (RST) | a program ends with something unread, or bytes reach one that has ended | at once; behind unread bytes, within a quarter of a second |
//! | an end (FIN) | a program closes its connection, or its half of it | when nothing has moved for half a second |
//! | nothing | a machine is switched off, or cut off | after [`ServerConfig::write_timeout`] where something is sent, after about three minutes where not |
//!
//! An end does not say whether the client has gone or only has nothing more to send, and RFC 9112
//! asks for nothing here; other servers take it for the former. Here, answers that come soon are
//! still sent, and so are long ones as long as they move, so that `printf … | nc -N` works. Where
//! clients close their half and wait for longer, set [`ServerConfig::half_close`]. Then only a reset
//! tells, which a client that has gone sends when it is sent something: a stream that is silent
//! stays, so it should send something now and then.
//!
//! A body that is being read ends with an error when the client leaves in the middle of it, and the
//! handler goes on. A plain `fn`, and whatever was spawned, runs to its end. An end that lies behind
//! more unread bytes than the system takes, of an upload that nobody reads, is not seen before they
//! are read.
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
//! Several `Content-Length` fields that say the same are one (RFC 9110 §8.6). A request with both
//! `Content-Length` and `Transfer-Encoding: chunked` is read as chunked, reaches the application
//! without its `Content-Length`, and is the last one of its connection (RFC 9112 §6.1), and so is one
//! with a coding other than `chunked` alone. Lines that end in a bare line feed are accepted (RFC 9112 §2.2). Trailers are
//! sent only to clients that say `TE: trailers`, and only those that the response announces in
//! `Trailer`. How a body is framed is for the server to say: a handler that sets both
//! `Content-Length` and `Transfer-Encoding` on a stream whose size is not known gets its connection
//! reset, and a line in the log. A client that waits for `100 Continue` gets it when the handler begins to read; from a
//! handler that answers first and reads then, as an echo of a stream does, it gets the answer
//! instead, and decides by itself when to send (RFC 9110 §10.1.1).

mod server;

mod accept;

mod handshakes;

mod task;

mod closing;

mod greeting;

mod serving;

mod timer;

mod pace;

mod exchange;

mod portions;

mod wire;

mod reads;

mod wait;

mod transfer;

mod outbox;

mod socket;

mod transport;

mod shared;

mod places;

mod seats;

mod flights;

mod descriptors;

mod switch;

mod stats;

mod inherit;

mod listen;

mod unix;

mod config;

mod address;

mod mode;

mod hosts;

pub mod proxy;

mod signals;

mod runtime;

mod workers;

pub use self::address::{Address, AddressError};
pub use self::config::{ProxyProtocol, ServerConfig, Threading};
pub use self::hosts::{HostPattern, HostPatternError};
pub use self::listen::{BindError, Bound};
pub use self::mode::{SocketMode, SocketModeError};
pub use self::runtime::runtime;
pub use self::server::{Server, Stopped};
pub use self::signals::signals;
pub use self::stats::ServerStats;
pub use self::workers::Workers;

#[cfg(test)]
mod tests;
