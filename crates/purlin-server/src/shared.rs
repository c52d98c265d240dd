//! What all connections of one server share.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hyper::server::conn::http1;
use purlin_core::config::Size;
use purlin_core::forwarded::{Forwarding, Network};
use purlin_core::{Connection, Service};

use crate::config::{BUFFERS, ProxyProtocol, ServerConfig};
use crate::flights::Flights;
use crate::hosts::HostPattern;
use crate::places::Places;
use crate::stats::ServerStats;
use crate::switch::Switch;

/// How many header fields hyper has room for without an allocation.
const HEADERS_ON_STACK: u16 = 100;
/// How much of an answer is kept at a time.
pub(crate) const BUFFER: usize = 64 * 1024;
/// The least that the protocol works with.
const LEAST_BUFFER: usize = 8 * 1024;

/// What all connections of one server share.
pub(crate) struct Shared {
    pub(crate) service: Service,
    pub(crate) http: http1::Builder,
    pub(crate) limits: Limits,
    pub(crate) stats: Arc<ServerStats>,
    pub(crate) switch: Switch,
    pub(crate) places: Places,
    /// Whose word counts for where clients come from.
    pub(crate) proxies: Proxies,
    pub(crate) flights: Arc<Flights>,
    /// For which hosts it answers; for all where there is none.
    pub(crate) hosts: Box<[HostPattern]>,
}

/// Proxies, and what is expected of them.
pub(crate) struct Proxies {
    trusted: Box<[Network]>,
    /// Whether connections begin with a header of the PROXY protocol.
    pub(crate) speak_first: bool,
    /// What their requests say of others.
    pub(crate) forwarding: Option<Forwarding>,
    /// Whether the log knows already that one was refused.
    is_told: AtomicBool,
}

/// How long a connection is patient, and with what.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) header: Duration,
    pub(crate) idle: Duration,
    pub(crate) body: Duration,
    /// Bytes of a body per second; zero for any.
    pub(crate) body_rate: u64,
    pub(crate) write: Duration,
    /// Bytes of answers per second; zero for any.
    pub(crate) write_rate: u64,
    pub(crate) uri: usize,
    /// How many requests a connection has.
    pub(crate) requests: u64,
    pub(crate) half_close: bool,
    pub(crate) read_buffer: usize,
    pub(crate) write_buffer: usize,
}

impl Shared {
    pub(crate) fn new(service: Service, config: &ServerConfig, stats: Arc<ServerStats>) -> Self {
        let limits = Limits {
            header: config.header_timeout.duration(),
            idle: config.keep_alive.duration(),
            body: config.body_timeout.duration(),
            body_rate: config.min_body_rate.in_bytes(),
            write: config.write_timeout.duration(),
            write_rate: config.min_write_rate.in_bytes(),
            uri: bytes(config.uri_limit),
            requests: config.max_requests.map_or(u64::MAX, |most| u64::from(most.get())),
            half_close: config.half_close,
            read_buffer: buffer(config.read_buffer),
            write_buffer: buffer(config.write_buffer),
        };
        let places = Places::new(config.max_connections);
        let (http, switch) = (protocol(config), Switch::default());
        let proxies = Proxies::new(config);
        let flights = Arc::new(Flights::new(config.max_in_flight));
        let hosts = config.allowed_hosts.as_slice().into();
        Self { service, http, limits, stats, switch, places, proxies, flights, hosts }
    }

    /// Notes that a connection is closed without an answer, and the first time says why: where a
    /// proxy is not set up for it, that is every connection.
    pub(crate) fn refuse_proxy(&self, connection: &Connection, why: &str) {
        self.stats.refused_proxy();
        if self.proxies.is_told.swap(true, Ordering::Relaxed) {
            tracing::debug!(target: "purlin::server", peer = %connection, why, "a connection was refused");
        } else {
            tracing::warn!(
                target: "purlin::server",
                peer = %connection,
                why,
                "a connection was refused, since `server.proxy_protocol` is `required`; others follow silently"
            );
        }
    }
}

impl Proxies {
    fn new(config: &ServerConfig) -> Self {
        Self {
            trusted: config.trusted_proxies.as_slice().into(),
            speak_first: config.proxy_protocol == ProxyProtocol::Required,
            forwarding: Forwarding::new(config.trusted_proxies.iter().copied(), config.forwarded),
            is_told: AtomicBool::new(false),
        }
    }

    pub(crate) fn are_trusted(&self, connection: &Connection) -> bool {
        self.trusted.iter().any(|network| network.reaches(connection))
    }
}

fn protocol(config: &ServerConfig) -> http1::Builder {
    let header_limit = bytes(config.header_limit);
    let mut http = http1::Builder::new();
    // hyper would end a connection at the end of its client's half even if the answer is ready.
    http.half_close(true)
        // One buffer for head and body: most answers are small, and that is what it costs least for.
        .writev(false)
        .header_read_timeout(None)
        .max_header_size(header_limit)
        .max_buf_size(LEAST_BUFFER.max(header_limit).max(buffer(config.read_buffer)));
    if config.header_count != HEADERS_ON_STACK {
        http.max_headers(config.header_count.into());
    }
    http
}

fn buffer(size: Size) -> usize {
    bytes(size.clamp(*BUFFERS.start(), *BUFFERS.end()))
}

fn bytes(size: Size) -> usize {
    usize::try_from(size.in_bytes()).unwrap_or(usize::MAX)
}
