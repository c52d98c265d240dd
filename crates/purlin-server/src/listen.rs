//! Opening what is listened on.

use std::error::Error;
use std::fmt;
use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, ToSocketAddrs};
use std::path::PathBuf;
use std::time::Duration;

use purlin_core::config::Size;
use socket2::{Domain, Protocol, SockRef, Socket, TcpKeepalive, Type};

use crate::address::Address;
use crate::config::{BUFFERS, ServerConfig};
use crate::unix::UnixDoor;

/// After how much silence the system asks whether the client's machine is still there, and how
/// often: one that was switched off, or is cut off, says nothing by itself.
const SILENCE: Duration = Duration::from_mins(1);
const PROBES: Duration = Duration::from_secs(15);

/// Where clients come in: it is open, and not yet watched.
#[derive(Debug)]
pub(crate) enum Door {
    Tcp(TcpListener, SocketAddr),
    Unix(UnixDoor),
}

/// What a server listens on, as the system has it: with the port that it chose where 0 was asked for.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Bound {
    /// A port.
    Tcp(SocketAddr),
    /// A file.
    Unix(PathBuf),
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => write!(f, "{address}"),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

/// Why something could not be listened on.
///
/// Its text is one line that says what to do. The system's own words are its source where they say
/// more than that.
#[derive(Debug)]
pub struct BindError(Why);

#[derive(Debug)]
enum Why {
    Address {
        address: Address,
        /// Whether it stands in `server.listen`.
        is_listed: bool,
        source: io::Error,
    },
    Contradiction(&'static str),
}

/// Opens everything that is to be listened on, or nothing.
pub(crate) fn listen(config: &ServerConfig) -> Result<Vec<Door>, BindError> {
    if let Some(what) = config.contradiction() {
        return Err(BindError(Why::Contradiction(what)));
    }
    let is_listed = !config.listen.is_empty();
    let simple = Address::Tcp { host: bare(&config.host).to_owned(), port: config.port };
    let addresses =
        if is_listed { config.listen.as_slice() } else { std::slice::from_ref(&simple) };
    let open = |address: &Address| {
        open(address, config).map_err(|source| {
            let address = address.clone();
            BindError(Why::Address { address, is_listed, source })
        })
    };
    addresses.iter().map(open).collect()
}

impl Door {
    /// Takes a port that somebody else has opened.
    pub(crate) fn adopt(listener: TcpListener) -> io::Result<Self> {
        if SockRef::from(&listener).peer_addr().is_ok() {
            return Err(io::Error::new(ErrorKind::InvalidInput, "it is a connection already"));
        }
        listener.set_nonblocking(true)?;
        // Connections inherit it from their listener.
        let probes = TcpKeepalive::new().with_time(SILENCE).with_interval(PROBES);
        SockRef::from(&listener).set_tcp_keepalive(&probes)?;
        let local = listener.local_addr()?;
        Ok(Self::Tcp(listener, local))
    }

    /// Lets the system hold only so much that it has not sent, for each connection that comes in here.
    #[cfg(any(target_os = "android", target_os = "linux"))]
    pub(crate) fn limit_unsent(&self, most: Size) {
        if let Self::Tcp(listener, _) = self {
            let most = most.clamp(*BUFFERS.start(), *BUFFERS.end()).in_bytes();
            let most = u32::try_from(most).expect("a buffer has at most 16 MiB");
            // Connections inherit it from their listener. Where it fails, more is held.
            let _ = SockRef::from(listener).set_tcp_notsent_lowat(most);
        }
    }

    #[cfg(not(any(target_os = "android", target_os = "linux")))]
    pub(crate) fn limit_unsent(&self, _: Size) {}

    /// The same once more, for another thread.
    pub(crate) fn try_clone(&self) -> io::Result<Self> {
        Ok(match self {
            Self::Tcp(listener, local) => Self::Tcp(listener.try_clone()?, *local),
            Self::Unix(door) => Self::Unix(door.try_clone()?),
        })
    }

    pub(crate) fn bound(&self) -> Bound {
        match self {
            Self::Tcp(_, local) => Bound::Tcp(*local),
            Self::Unix(door) => Bound::Unix(door.path().to_owned()),
        }
    }
}

impl BindError {
    /// Whether the address belongs to another server already.
    pub fn is_in_use(&self) -> bool {
        self.is(ErrorKind::AddrInUse)
    }

    /// Whether the process may not listen there.
    pub fn is_not_permitted(&self) -> bool {
        self.is(ErrorKind::PermissionDenied)
    }

    fn is(&self, kind: ErrorKind) -> bool {
        matches!(&self.0, Why::Address { source, .. } if source.kind() == kind)
    }
}

impl fmt::Display for BindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (address, is_listed, kind) = match &self.0 {
            Why::Address { address, is_listed, source } => (address, *is_listed, source.kind()),
            Why::Contradiction(what) => return f.write_str(what),
        };
        let why = why(address, kind);
        let or = if why.contains("; ") { ", or" } else { ";" };
        write!(f, "cannot listen on {address}: {why}{or} set {}", setting(is_listed, kind))
    }
}

impl Error for BindError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.0 {
            Why::Address { source, .. } if !is_told(source.kind()) => Some(source),
            _ => None,
        }
    }
}

/// Whether the line says all that the system says.
fn is_told(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::AddrInUse
            | ErrorKind::AddrNotAvailable
            | ErrorKind::AlreadyExists
            | ErrorKind::PermissionDenied
            | ErrorKind::Unsupported
    )
}

fn why(address: &Address, kind: ErrorKind) -> &'static str {
    let is_file = matches!(address, Address::Unix(_));
    match kind {
        ErrorKind::AddrInUse if is_file => "the socket is in use; another server listens to it",
        ErrorKind::AddrInUse => "the address is in use; another server runs there",
        ErrorKind::AlreadyExists => "there is a file that is no socket; remove it",
        ErrorKind::NotFound if is_file => "there is no such folder; make it",
        ErrorKind::NotFound => "the name has no address",
        ErrorKind::PermissionDenied if is_file => {
            "not permitted; the process needs the right to write to the folder"
        }
        ErrorKind::PermissionDenied => "not permitted; ports below 1024 need a privilege",
        ErrorKind::InvalidInput if is_file => "the path is too long for a socket",
        ErrorKind::Unsupported => "this system has no Unix sockets",
        ErrorKind::AddrNotAvailable => "this machine has no such address",
        _ => "the system refuses",
    }
}

/// The key of the configuration that may have to be another one.
fn setting(is_listed: bool, kind: ErrorKind) -> &'static str {
    match kind {
        _ if is_listed => "`server.listen`",
        ErrorKind::AddrInUse | ErrorKind::PermissionDenied => "`server.port`",
        ErrorKind::AddrNotAvailable | ErrorKind::NotFound => "`server.host`",
        _ => "`server.host` and `server.port`",
    }
}

fn open(address: &Address, config: &ServerConfig) -> io::Result<Door> {
    match address {
        Address::Tcp { host, port } => {
            let v4 = Address::Tcp { host: Ipv4Addr::UNSPECIFIED.to_string(), port: *port };
            let is_for_both = *port == 0 || !config.listen.contains(&v4);
            Door::adopt(open_port(host, *port, config.backlog, is_for_both)?)
        }
        Address::Unix(path) => {
            Ok(Door::Unix(UnixDoor::open(path, config.socket_mode, config.backlog)?))
        }
    }
}

/// Opens the first address of the host that can be opened. All addresses of IPv6 are those of IPv4 as
/// well, unless the list has these beside them.
fn open_port(host: &str, port: u16, backlog: u16, is_for_both: bool) -> io::Result<TcpListener> {
    let mut last = unknown("the name has no address");
    for address in (host, port).to_socket_addrs().map_err(unknown)? {
        match open_address(address, backlog, is_for_both) {
            Ok(listener) => return Ok(listener),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn open_address(address: SocketAddr, backlog: u16, is_for_both: bool) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    // On Unix it lets a server start again while connections of its predecessor are being
    // forgotten; on Windows the same name would let two servers share the port.
    if cfg!(unix) {
        socket.set_reuse_address(true)?;
    }
    if address.is_ipv6() && address.ip().is_unspecified() {
        socket.set_only_v6(!is_for_both)?;
    }
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(backlog.into())?;
    Ok(socket.into())
}

/// Resolvers report an unknown name in many ways.
fn unknown(source: impl Into<Box<dyn Error + Send + Sync>>) -> io::Error {
    io::Error::new(ErrorKind::NotFound, source)
}

/// `[::1]` is how URLs write `::1`.
fn bare(host: &str) -> &str {
    host.trim_start_matches('[').trim_end_matches(']')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(host: &str, port: u16, line: &str) {
        let config = ServerConfig::default().host(host).port(port);
        let error = listen(&config).unwrap_err();
        assert_eq!(error.to_string(), line);
        assert_eq!(error.source().is_some(), line.contains("the name has no address"));
    }

    #[test]
    fn a_port_in_use_is_told_in_one_line() {
        let first = open_address(([127, 0, 0, 1], 0).into(), 1, true).unwrap();
        let port = first.local_addr().unwrap().port();
        let config = ServerConfig::default().port(port);
        assert!(listen(&config).unwrap_err().is_in_use());
        let why = "the address is in use; another server runs there, or set `server.port`";
        check("127.0.0.1", port, &format!("cannot listen on 127.0.0.1:{port}: {why}"));
    }

    #[test]
    fn an_address_of_another_machine_is_told_in_one_line() {
        let why = "this machine has no such address; set `server.host`";
        check("192.0.2.1", 3000, &format!("cannot listen on 192.0.2.1:3000: {why}"));
    }

    #[test]
    fn a_name_without_an_address_is_told_in_one_line() {
        let why = "the name has no address; set `server.host`";
        check("no such host", 3000, &format!("cannot listen on no such host:3000: {why}"));
    }

    #[test]
    fn names_and_both_families_are_listened_on() {
        let mut hosts = vec!["localhost", "127.0.0.1", "0.0.0.0"];
        // Containers and virtual machines often have one family alone.
        if TcpListener::bind("[::1]:0").is_ok() {
            hosts.extend(["::1", "[::1]", "::"]);
        }
        for host in hosts {
            let config = ServerConfig::default().host(host).port(0);
            assert!(listen(&config).is_ok(), "{host}");
        }
    }
}
