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
    knows_hosts: bool,
    carrier: Carrier,
}

/// What carries the bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Carrier {
    Network,
    Process,
    UnixSocket,
}

impl Connection {
    /// A connection from `peer`, which is `None` where the transport has no addresses.
    pub fn new(peer: Option<SocketAddr>) -> Self {
        Self { peer, local: None, secure: false, knows_hosts: false, carrier: Carrier::Network }
    }

    /// The connection of requests that are made in process: no peer, no TLS.
    pub fn in_process() -> Arc<Self> {
        static IN_PROCESS: LazyLock<Arc<Connection>> = LazyLock::new(|| {
            Arc::new(Connection::new(None).carried_by(Carrier::Process).with_known_hosts())
        });
        Arc::clone(&IN_PROCESS)
    }

    /// A connection through a file of this machine: its other end has no address.
    pub fn over_unix_socket() -> Self {
        Self::new(None).carried_by(Carrier::UnixSocket)
    }

    fn carried_by(self, carrier: Carrier) -> Self {
        Self { carrier, ..self }
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

    /// Says that the host which a request names is one that the server was told to answer for, and
    /// not one that a client has made up.
    #[must_use]
    pub fn with_known_hosts(mut self) -> Self {
        self.knows_hosts = true;
        self
    }

    /// The address of the client: of the other end of the connection, or what a trusted proxy there
    /// says it is; its port is 0 where the proxy does not say it.
    pub fn peer(&self) -> Option<SocketAddr> {
        self.peer
    }

    /// The address the connection was accepted on.
    pub fn local(&self) -> Option<SocketAddr> {
        self.local
    }

    /// Whether the client's connection is protected by TLS: this one, or that to a trusted proxy which
    /// says so.
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// Whether the host that a request names can be believed: the server refuses others, or the
    /// request was made in process.
    pub fn knows_hosts(&self) -> bool {
        self.knows_hosts
    }

    /// Whether it goes through a file of this machine. Who is at the other end may still be a proxy
    /// for others.
    pub fn is_unix_socket(&self) -> bool {
        self.carrier == Carrier::UnixSocket
    }

    /// Whether the other end is known to be on this machine.
    pub fn is_loopback(&self) -> bool {
        let is_local = |peer: SocketAddr| match peer.ip() {
            IpAddr::V4(ip) => ip.is_loopback(),
            IpAddr::V6(ip) => {
                ip.is_loopback() || ip.to_ipv4_mapped().is_some_and(|ip| ip.is_loopback())
            }
        };
        self.carrier != Carrier::Network || self.peer.is_some_and(is_local)
    }

    /// The same connection, as what a proxy at its other end says of its client.
    pub(crate) fn forwarded(&self, client: Option<SocketAddr>, is_secure: Option<bool>) -> Self {
        let mut connection = self.clone();
        if client.is_some() {
            connection.peer = client;
            connection.carrier = Carrier::Network;
        }
        connection.secure = is_secure.unwrap_or(self.secure);
        connection
    }

    /// Who is at the other end, for the log; nothing where nobody could be named.
    pub(crate) fn named(&self) -> Option<tracing::field::DisplayValue<&Self>> {
        let has_name = self.peer.is_some() || self.is_unix_socket();
        has_name.then(|| tracing::field::display(self))
    }
}

impl fmt::Display for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.peer {
            Some(peer) => write_address(peer, f),
            None if self.is_unix_socket() => f.write_str("unix"),
            None => f.write_str("in process"),
        }
    }
}

/// A port that nobody knows is not shown.
pub(crate) fn write_address(address: SocketAddr, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match address.port() {
        0 => write!(f, "{}", address.ip()),
        _ => write!(f, "{address}"),
    }
}
