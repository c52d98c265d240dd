//! What a server counts.

use std::sync::atomic::{AtomicU64, Ordering};

/// What a server has counted since it was bound. Reading it costs nothing, and neither does a
/// request.
#[derive(Debug, Default)]
pub struct ServerStats {
    accepted: AtomicU64,
    open: AtomicU64,
    full: AtomicU64,
    evicted: AtomicU64,
    used_up: AtomicU64,
    refused_heads: AtomicU64,
    refused_proxies: AtomicU64,
    shed: AtomicU64,
    timeouts: AtomicU64,
}

impl ServerStats {
    /// The connections that were accepted.
    pub fn accepted(&self) -> u64 {
        self.accepted.load(Ordering::Relaxed)
    }

    /// The connections that are open.
    pub fn open(&self) -> u64 {
        self.open.load(Ordering::Relaxed)
    }

    /// How often all places for connections were taken when another client came; see
    /// [`ServerConfig::max_connections`](crate::ServerConfig::max_connections).
    pub fn full(&self) -> u64 {
        self.full.load(Ordering::Relaxed)
    }

    /// The connections that were closed since they were idle, and others waited for their places; see
    /// [`ServerConfig::max_connections`](crate::ServerConfig::max_connections).
    pub fn evicted(&self) -> u64 {
        self.evicted.load(Ordering::Relaxed)
    }

    /// The connections that had as many requests as one may have; see
    /// [`ServerConfig::max_requests`](crate::ServerConfig::max_requests).
    pub fn used_up(&self) -> u64 {
        self.used_up.load(Ordering::Relaxed)
    }

    /// The requests that were refused by the protocol itself, before the application saw them.
    pub fn refused_heads(&self) -> u64 {
        self.refused_heads.load(Ordering::Relaxed)
    }

    /// The connections that were closed since no trusted proxy has begun them with a header; see
    /// [`ServerConfig::proxy_protocol`](crate::ServerConfig::proxy_protocol).
    pub fn refused_proxies(&self) -> u64 {
        self.refused_proxies.load(Ordering::Relaxed)
    }

    /// The requests that were refused since others were in flight; see
    /// [`ServerConfig::max_in_flight`](crate::ServerConfig::max_in_flight).
    pub fn shed(&self) -> u64 {
        self.shed.load(Ordering::Relaxed)
    }

    /// The clients that were too slow: to send a head, to send a body, or to read an answer. A
    /// connection that was idle between two requests is not one of them.
    pub fn timeouts(&self) -> u64 {
        self.timeouts.load(Ordering::Relaxed)
    }

    pub(crate) fn connected(&self) {
        self.accepted.fetch_add(1, Ordering::Relaxed);
        self.open.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn disconnected(&self) {
        self.open.fetch_sub(1, Ordering::Relaxed);
    }

    pub(crate) fn filled(&self) {
        self.full.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn evict(&self) {
        self.evicted.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn use_up(&self) {
        self.used_up.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn refused_head(&self) {
        self.refused_heads.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn refused_proxy(&self) {
        self.refused_proxies.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn shed_one(&self) {
        self.shed.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn timed_out(&self) {
        self.timeouts.fetch_add(1, Ordering::Relaxed);
    }
}
