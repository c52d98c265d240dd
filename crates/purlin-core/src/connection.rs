//! The connection a request arrived on: who is at the other end, and over which protocol.
//!
//! One [`Connection`] is shared by all requests of a connection, so that knowing the client costs
//! a request one reference count and no allocation.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, LazyLock};

/// The connection a request arrived on.
#[derive(Clone, Debug)]
pub struct Connection {
    peer: Option<SocketAddr>,
    local: Option<SocketAddr>,
    secure: bool,
    in_process: bool,
}

impl Connection {
    /// A connection from `peer`, which is `None` where the transport has no addresses.
    pub fn new(peer: Option<SocketAddr>) -> Self {
        Self { peer, local: None, secure: false, in_process: false }
    }

    /// The connection of requests that are made in process: no peer, no TLS.
    pub fn in_process() -> Arc<Self> {
        static IN_PROCESS: LazyLock<Arc<Connection>> =
            LazyLock::new(|| Arc::new(Connection { in_process: true, ..Connection::new(None) }));
        Arc::clone(&IN_PROCESS)
    }

    /// Sets the address the connection was accepted on.
    #[must_use]
    pub fn accepted_on(mut self, local: Option<SocketAddr>) -> Self {
        self.local = local;
        self
    }

    /// Marks the connection as protected by TLS.
    #[must_use]
    pub fn over_tls(mut self) -> Self {
        self.secure = true;
        self
    }

    /// The address of the other end of the connection: the client, or the proxy in front.
    pub fn peer(&self) -> Option<SocketAddr> {
        self.peer
    }

    /// The address the connection was accepted on.
    pub fn local(&self) -> Option<SocketAddr> {
        self.local
    }

    /// Whether the connection is protected by TLS.
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// Whether the other end is known to be on this machine.
    pub fn is_loopback(&self) -> bool {
        let is_local = |peer: SocketAddr| match peer.ip() {
            IpAddr::V4(ip) => ip.is_loopback(),
            IpAddr::V6(ip) => {
                ip.is_loopback() || ip.to_ipv4_mapped().is_some_and(|ip| ip.is_loopback())
            }
        };
        self.in_process || self.peer.is_some_and(is_local)
    }
}

impl fmt::Display for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.peer {
            Some(peer) => write!(f, "{peer}"),
            None => f.write_str("in process"),
        }
    }
}
