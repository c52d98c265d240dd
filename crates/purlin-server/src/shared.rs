//! What all connections of one server share.

use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use purlin_core::Service;
use purlin_core::config::Size;

use crate::config::{BUFFERS, ServerConfig};
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
            uri: bytes(config.uri_limit),
            requests: config.max_requests.map_or(u64::MAX, |most| u64::from(most.get())),
            half_close: config.half_close,
            read_buffer: buffer(config.read_buffer),
            write_buffer: buffer(config.write_buffer),
        };
        let places = Places::new(config.max_connections);
        Self { service, http: protocol(config), limits, stats, switch: Switch::default(), places }
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
