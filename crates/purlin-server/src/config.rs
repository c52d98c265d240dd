//! The section `server` of the configuration.

use std::num::{NonZeroU32, NonZeroUsize};
use std::ops::RangeInclusive;

use purlin_core::config::{Period, Size};
use purlin_core::forwarded::{ForwardedHeader, Network};
use schemars::JsonSchema;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

use crate::address::Address;
use crate::hosts::HostPattern;
use crate::mode::SocketMode;

/// The section `server` of the configuration: where it listens, and how long it is patient.
///
/// Every field has a default, so that an empty section is a complete one. In code, each field has a
/// function of its name that sets it:
///
/// ```
/// use std::time::Duration;
///
/// use purlin_server::ServerConfig;
///
/// let read: ServerConfig = serde_json::from_str(r#"{ "keep_alive": "5s" }"#).unwrap();
/// assert_eq!(read.port, 3000);
/// assert_eq!(read, ServerConfig::default().keep_alive(Duration::from_secs(5)));
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ServerConfig {
    /// What to listen on, where it is more than one port or no port: addresses like
    /// `127.0.0.1:3000`, `[::1]:3000` and `unix:/run/app.sock`. Empty by default; `host` and `port` say
    /// it then, and say nothing otherwise.
    pub listen: Vec<Address>,
    /// Who may use a Unix socket of `listen`, as `chmod` has it and in quotes: its owner and its group,
    /// `"660"`, by default.
    pub socket_mode: SocketMode,
    /// The address or name to listen on: `127.0.0.1` for this machine alone, which is the default,
    /// `0.0.0.0` for every IPv4 address, `::` for every address of both families.
    pub host: String,
    /// The port to listen on, 3000 by default; 0 lets the system choose a free one.
    pub port: u16,
    /// How many threads answer requests; as many as there are CPUs by default.
    pub threads: Option<NonZeroUsize>,
    /// How connections are shared among the threads: `work-stealing` by default, where a thread that
    /// is free takes what another one has to do; with `per-core`, a connection stays with the thread
    /// that has accepted it.
    pub threading: Threading,
    /// How many connections may wait to be accepted, 1024 by default. The system may have a lower
    /// limit of its own (`net.core.somaxconn`).
    #[schemars(range(min = 1, max = 65_535))]
    pub backlog: u16,
    /// How many connections may be open at a time. By default three quarters of the descriptors that
    /// the process may open (`ulimit -n`), so that the rest is there for files and databases, and no
    /// more than 16,384; where the system does not say how many those are, 8,192. When all places
    /// are taken and another client comes, the connection that has been idle for longest is closed
    /// for it; where all have something to do, it waits, and others in the backlog.
    pub max_connections: Option<NonZeroU32>,
    /// How many requests are answered on one connection; as many as come by default. The last answer
    /// says `Connection: close`, so that clients behind a load balancer come to other servers in time.
    pub max_requests: Option<NonZeroU32>,
    /// How many requests may be in flight at a time, from their head to the end of their answer, that
    /// of a stream included; as many as come by default. Tasks that go on after it do not count. Others
    /// are answered with 503 `overloaded` and `Retry-After` at once, `/readyz` among them; `/healthz`
    /// is not, since a server that is busy lives.
    pub max_in_flight: Option<NonZeroU32>,
    /// The most bytes that the head of a request may have, request line and header fields together:
    /// 16 KiB by default. More is answered with 431. Trailers of a request have the same limit.
    pub header_limit: Size,
    /// The most header fields that a request may have, 100 by default. More is answered with 431.
    /// A higher limit costs two allocations per request.
    #[schemars(range(min = 1))]
    pub header_count: u16,
    /// The most bytes that the target of a request may have, path and query together: 8 KiB by
    /// default. More is answered with 414.
    pub uri_limit: Size,
    /// Which proxies stand in front, and are believed: addresses and networks like `10.0.0.0/8`, and
    /// `unix` for whoever comes through a Unix socket. None by default.
    pub trusted_proxies: Vec<Network>,
    /// In which header fields a trusted proxy says who its client is: `x-forwarded` by default, which
    /// is `X-Forwarded-For` and `-Proto`; `x-forwarded-host`, with `X-Forwarded-Host` beside them;
    /// `forwarded`, of RFC 7239; or `off`. The proxy has to set what is believed.
    pub forwarded: ForwardedHeader,
    /// Whether connections begin with a header of the PROXY protocol, version 1 or 2: `off` by
    /// default. With `required`, all have to come from `trusted_proxies` and begin so, and others are
    /// closed without an answer.
    pub proxy_protocol: ProxyProtocol,
    /// The hosts that are answered for, like `example.com` and `*.example.com`; a request for another
    /// one is answered with 421. Empty by default, which stands for every host.
    pub allowed_hosts: Vec<HostPattern>,
    /// How much is read from a connection at a time: 64 KiB by default, from 1 KiB to 16 MiB. A body
    /// that is uploaded takes up to this much memory of each connection, and up to 8 KiB at least.
    #[serde(deserialize_with = "buffer")]
    pub read_buffer: Size,
    /// How much of small pieces of an answer is collected before it is sent: 16 KiB by default, from
    /// 1 KiB to 16 MiB. What is complete is sent at once, however little it is, and large pieces in
    /// portions of 64 KiB.
    #[serde(deserialize_with = "buffer")]
    pub write_buffer: Size,
    /// How much of an answer the system may hold that it has not sent: 512 KiB by default, from 1 KiB
    /// to 16 MiB. Left to itself, Linux takes up to 4 MiB for each client that does not read, and of one
    /// that reads slowly it says for a long time that it does not, so that `write_timeout` would cut
    /// it. Systems other than Linux and Android pass it over.
    #[serde(deserialize_with = "buffer")]
    pub unsent_limit: Size,
    /// How long a client may take from the first byte of a head to its last, and from the
    /// connection to its first head: 10 seconds by default. Then the connection is closed, and
    /// what came of a head is answered with 408.
    pub header_timeout: Period,
    /// How long a client may be silent in the middle of a body that is waited for: 10 seconds by
    /// default, which is less than the time that a route has. Then reading the body fails, the
    /// answer is 408 `body_timeout`, and the connection is closed after it.
    pub body_timeout: Period,
    /// How fast a body has to come, in bytes per second: 240 by default, and as slow as it likes with
    /// 0. The time in which a client is waited for is added up, and every so many bytes of the body
    /// take a second off; where it comes to what `body_timeout` says, the client is treated as one that
    /// is silent. To have been fast before does not count, nor does the time in which nobody reads the
    /// body.
    pub min_body_rate: Size,
    /// How long a connection is kept open between two requests: 75 seconds by default.
    pub keep_alive: Period,
    /// How long a client may read nothing while there is something for it: 30 seconds by default.
    /// Then the connection is cut.
    pub write_timeout: Period,
    /// How fast a client has to read, in bytes per second: 240 by default, and as slowly as it likes
    /// with 0. The time in which it is waited for is added up, and every so many bytes that it takes
    /// take a second off; where it comes to what `write_timeout` says, the connection is cut. Where
    /// there is nothing to send, nobody is waited for.
    pub min_write_rate: Size,
    /// How long requests in flight, and tasks after them, may take to finish when the server stops:
    /// 25 seconds by default, since most service managers end a process after 30, and services are
    /// closed last. Then they are cut.
    pub shutdown_timeout: Period,
    /// Whether a client that has closed its half of the connection is still there: no by default,
    /// and its request is given up half a second after the last byte in either direction. Set it
    /// where clients close their half and then wait for longer, as `nc -N` does; a client that has
    /// gone is noticed later then, namely when something is sent to it.
    pub half_close: bool,
}

/// How connections are shared among threads.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Threading {
    /// A thread that is free takes what another one has to do.
    #[default]
    WorkStealing,
    /// A connection stays with the thread that has accepted it, and so do its handlers: see
    /// [`Server::serve_on`](crate::Server::serve_on).
    PerCore,
}

/// Whether connections begin with a header of the PROXY protocol.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ProxyProtocol {
    /// None does.
    #[default]
    Off,
    /// All do.
    Required,
}

purlin_core::__setters! {
    ServerConfig {
        listen: impl Into<Vec<Address>>,
        socket_mode: SocketMode,
        host: impl Into<String>,
        port: u16,
        threads: impl Into<Option<NonZeroUsize>>,
        threading: Threading,
        backlog: u16,
        max_connections: impl Into<Option<NonZeroU32>>,
        max_requests: impl Into<Option<NonZeroU32>>,
        max_in_flight: impl Into<Option<NonZeroU32>>,
        header_limit: impl Into<Size>,
        header_count: u16,
        uri_limit: impl Into<Size>,
        trusted_proxies: impl Into<Vec<Network>>,
        forwarded: ForwardedHeader,
        proxy_protocol: ProxyProtocol,
        allowed_hosts: impl Into<Vec<HostPattern>>,
        read_buffer: impl Into<Size>,
        write_buffer: impl Into<Size>,
        unsent_limit: impl Into<Size>,
        header_timeout: impl Into<Period>,
        body_timeout: impl Into<Period>,
        min_body_rate: impl Into<Size>,
        keep_alive: impl Into<Period>,
        write_timeout: impl Into<Period>,
        min_write_rate: impl Into<Size>,
        shutdown_timeout: impl Into<Period>,
        half_close: bool,
    }
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            listen: Vec::new(),
            socket_mode: SocketMode::default(),
            host: "127.0.0.1".to_owned(),
            port: 3000,
            threads: None,
            threading: Threading::default(),
            backlog: 1024,
            max_connections: None,
            max_requests: None,
            max_in_flight: None,
            header_limit: Size::kib(16),
            header_count: 100,
            uri_limit: Size::kib(8),
            trusted_proxies: Vec::new(),
            forwarded: ForwardedHeader::default(),
            proxy_protocol: ProxyProtocol::default(),
            allowed_hosts: Vec::new(),
            read_buffer: Size::kib(64),
            write_buffer: Size::kib(16),
            unsent_limit: Size::kib(512),
            header_timeout: Period::seconds(10),
            body_timeout: Period::seconds(10),
            min_body_rate: Size::bytes(240),
            keep_alive: Period::seconds(75),
            write_timeout: Period::seconds(30),
            min_write_rate: Size::bytes(240),
            shutdown_timeout: Period::seconds(25),
            half_close: false,
        }
    }
}

impl ServerConfig {
    /// What of it contradicts itself.
    pub(crate) fn contradiction(&self) -> Option<&'static str> {
        let needs_proxies = self.proxy_protocol == ProxyProtocol::Required;
        (needs_proxies && self.trusted_proxies.is_empty()).then_some(
            "`server.proxy_protocol` is `required`, and nobody may send one; \
             set `server.trusted_proxies` to the addresses of the proxies",
        )
    }
}

/// What a buffer may have.
pub(crate) const BUFFERS: RangeInclusive<Size> = Size::kib(1)..=Size::mib(16);

fn buffer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Size, D::Error> {
    let size = Size::deserialize(deserializer)?;
    if BUFFERS.contains(&size) {
        return Ok(size);
    }
    Err(Error::custom(format!("must be from {} to {}", BUFFERS.start(), BUFFERS.end())))
}

#[cfg(test)]
mod tests {
    use purlin_core::Mode;
    use purlin_core::config::Configuration;

    use super::*;

    #[test]
    fn an_empty_section_is_complete() {
        let config = Configuration::new(Mode::Dev).section::<ServerConfig>("server");
        assert_eq!(config.unwrap(), ServerConfig::default());
    }

    #[test]
    fn no_threads_are_refused() {
        let config = Configuration::new(Mode::Dev).flag("--threads", "server.threads", "0");
        let mistakes = config.section::<ServerConfig>("server").unwrap_err();
        assert!(mistakes[0].to_string().contains("server.threads"), "{}", mistakes[0]);
        assert!(mistakes[0].to_string().contains("at least 1"), "{}", mistakes[0]);
    }

    #[test]
    fn a_silent_body_ends_before_the_time_of_a_route_does() {
        let default = ServerConfig::default();
        assert!(default.body_timeout < Period::seconds(30), "{}", default.body_timeout);
    }

    #[test]
    fn addresses_are_read_from_the_environment() {
        let listen = "127.0.0.1:0,unix:/run/app.sock";
        let variables = [("PURLIN__SERVER__LISTEN".to_owned(), listen.to_owned())];
        let config = Configuration::new(Mode::Dev).environment(variables);
        let config = config.section::<ServerConfig>("server").unwrap();
        let read: Vec<String> = config.listen.iter().map(ToString::to_string).collect();
        assert_eq!(read.join(","), listen);
    }

    #[test]
    fn an_address_that_is_none_is_named() {
        let listen = serde_json::json!(["127.0.0.1:0", "3000"]);
        let config = Configuration::new(Mode::Dev).set("server.listen", listen);
        let mistakes = config.section::<ServerConfig>("server").unwrap_err();
        let told = mistakes[0].to_string();
        assert!(told.contains("`server.listen[1]` must be a host and a port, like"), "{told}");
    }

    #[test]
    fn permissions_are_text() {
        let config = Configuration::new(Mode::Dev).set("server.socket_mode", 660);
        let mistakes = config.section::<ServerConfig>("server").unwrap_err();
        assert!(mistakes[0].to_string().contains("in quotes"), "{}", mistakes[0]);
    }

    #[test]
    fn a_buffer_has_a_size_that_makes_sense() {
        for size in ["1023", "17MiB"] {
            let config = Configuration::new(Mode::Dev).set("server.read_buffer", size);
            let mistakes = config.section::<ServerConfig>("server").unwrap_err();
            let told = mistakes[0].to_string();
            assert!(told.contains("`server.read_buffer` must be from 1KiB to 16MiB"), "{told}");
        }
    }

    /// S-035
    #[test]
    fn threads_are_read_from_the_environment() {
        let variables = [("PURLIN__SERVER__THREADS".to_owned(), "2".to_owned())];
        let config = Configuration::new(Mode::Dev).environment(variables);
        let config = config.section::<ServerConfig>("server").unwrap();
        assert_eq!(config.threads, NonZeroUsize::new(2));
    }
}
