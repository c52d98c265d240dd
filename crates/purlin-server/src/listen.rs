//! Opening the port.

use std::error::Error;
use std::fmt;
use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};

use socket2::{Domain, Protocol, Socket, Type};

use crate::config::ServerConfig;

/// Why the port could not be opened.
///
/// Its text is one line that says what to do. The system's own words are its source where they say
/// more than that.
#[derive(Debug)]
pub struct BindError {
    address: String,
    source: io::Error,
}

/// Opens the first address of the host that can be opened.
pub(crate) fn listen(config: &ServerConfig) -> Result<TcpListener, BindError> {
    let addresses = (bare(&config.host), config.port).to_socket_addrs();
    let addresses = addresses.map_err(|source| BindError::of(config, unknown(source)))?;
    let mut last = unknown("the name has no address");
    for address in addresses {
        match open(address, config.backlog) {
            Ok(listener) => return Ok(listener),
            Err(error) => last = error,
        }
    }
    Err(BindError::of(config, last))
}

impl BindError {
    pub(crate) fn of(config: &ServerConfig, source: io::Error) -> Self {
        let (host, port) = (bare(&config.host), config.port);
        let is_ipv6 = host.contains(':');
        let address = if is_ipv6 { format!("[{host}]:{port}") } else { format!("{host}:{port}") };
        Self { address, source }
    }

    /// Whether the port belongs to another server already.
    pub fn is_in_use(&self) -> bool {
        self.source.kind() == io::ErrorKind::AddrInUse
    }

    /// Whether the process may not open this port.
    pub fn is_not_permitted(&self) -> bool {
        self.source.kind() == io::ErrorKind::PermissionDenied
    }
}

impl fmt::Display for BindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = match self.source.kind() {
            io::ErrorKind::AddrInUse => {
                "the address is in use; another server runs there, or set `server.port`"
            }
            io::ErrorKind::PermissionDenied => {
                "not permitted; ports below 1024 need a privilege, or set `server.port`"
            }
            io::ErrorKind::AddrNotAvailable => {
                "this machine has no such address; set `server.host`"
            }
            io::ErrorKind::NotFound => "the name has no address; set `server.host`",
            _ => "the system refuses; set `server.host` and `server.port`",
        };
        write!(f, "cannot listen on {}: {why}", self.address)
    }
}

impl Error for BindError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let says_it_all = matches!(
            self.source.kind(),
            io::ErrorKind::AddrInUse
                | io::ErrorKind::AddrNotAvailable
                | io::ErrorKind::PermissionDenied
        );
        if says_it_all { None } else { Some(&self.source) }
    }
}

fn open(address: SocketAddr, backlog: u16) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    // On Unix it lets a server start again while connections of its predecessor are being
    // forgotten; on Windows the same name would let two servers share the port.
    if cfg!(unix) {
        socket.set_reuse_address(true)?;
    }
    if address.is_ipv6() && address.ip().is_unspecified() {
        socket.set_only_v6(false)?;
    }
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(backlog.into())?;
    Ok(socket.into())
}

/// Resolvers report an unknown name in many ways.
fn unknown(source: impl Into<Box<dyn Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, source)
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
        let first = open(([127, 0, 0, 1], 0).into(), 1).unwrap();
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
