//! Unix sockets: ports that are files. Where the system has none, these types have no values.

#[cfg(unix)]
mod enabled;
#[cfg(not(unix))]
mod disabled;

#[cfg(not(unix))]
pub(crate) use self::disabled::{UnixDoor, UnixListener, UnixStream};
#[cfg(unix)]
pub(crate) use self::enabled::{UnixDoor, UnixListener};
#[cfg(unix)]
pub(crate) use tokio::net::UnixStream;
