//! The server: a port, and the application that answers on it.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use purlin_core::{Connection, Service};
use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;

use crate::accept::Acceptor;
use crate::config::ServerConfig;
use crate::listen::{BindError, listen};
use crate::shared::Shared;
use crate::stats::ServerStats;
use crate::switch::Stage;
use crate::task::spawn;

/// After how much silence the system asks whether the client's machine is still there, and how
/// often: one that was switched off, or is cut off, says nothing by itself.
const SILENCE: Duration = Duration::from_mins(1);
const PROBES: Duration = Duration::from_secs(15);
/// How long connections that are cut may take to notice.
const CUTTING: Duration = Duration::from_secs(1);

/// A server whose port is open. Clients may connect already, and are answered by
/// [`serve`](Self::serve).
///
/// The port is opened before the application starts, so that a port in use is known before
/// anything else happens. See the [crate] for an example.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    local: SocketAddr,
    config: ServerConfig,
    stats: Arc<ServerStats>,
}

/// How a server stopped.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Stopped {
    /// How many connections were cut with a request in flight, since it took longer than
    /// [`ServerConfig::shutdown_timeout`].
    pub cut: usize,
}

impl Server {
    /// Opens the port. It needs no runtime.
    ///
    /// # Errors
    ///
    /// When the port is in use, not permitted, or not of this machine; the text of the error is one
    /// line that says which, and what to do.
    pub fn bind(config: &ServerConfig) -> Result<Self, BindError> {
        let listener = listen(config)?;
        Self::new(listener, config).map_err(|source| BindError::of(config, source))
    }

    /// Serves on a port that somebody else has opened: a service manager, or the server's own
    /// predecessor. Host, port and backlog of the configuration are passed over.
    ///
    /// # Errors
    ///
    /// When the listener is none.
    pub fn new(listener: TcpListener, config: &ServerConfig) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        // Connections inherit it from their listener.
        let probes = TcpKeepalive::new().with_time(SILENCE).with_interval(PROBES);
        SockRef::from(&listener).set_tcp_keepalive(&probes)?;
        let local = listener.local_addr()?;
        Ok(Self { listener, local, config: config.clone(), stats: Arc::default() })
    }

    /// The address it listens on, with the port that the system chose where 0 was asked for.
    pub fn local_addr(&self) -> SocketAddr {
        self.local
    }

    /// What it counts, now and while it serves.
    pub fn stats(&self) -> Arc<ServerStats> {
        Arc::clone(&self.stats)
    }

    /// Answers requests until `shutdown` ends, then stops in order.
    ///
    /// It then accepts the connections that the system has accepted already, and no more; closes
    /// those that are idle; answers the requests in flight, the last of their connections; and
    /// after [`ServerConfig::shutdown_timeout`] cuts what is left.
    ///
    /// # Errors
    ///
    /// When the listener cannot be watched, before the first connection. Later, nothing fails.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime with I/O and time, such as [`runtime`](fn@crate::runtime) makes.
    pub async fn serve<S: Future>(self, service: Service, shutdown: S) -> io::Result<Stopped> {
        let patience = self.config.shutdown_timeout.duration();
        let shared = Arc::new(Shared::new(service, &self.config, self.stats));
        let mut acceptor = Acceptor::new(self.listener)?;
        let mut shutdown = pin!(shutdown);
        let mut next = async || {
            shared.places.take(&shared.stats).await;
            acceptor.next().await
        };
        while let Some(accepted) = until(&mut shutdown, next()).await {
            begin(accepted, self.local, &shared);
        }
        shared.switch.advance(Stage::Stopping);
        for accepted in acceptor.backlog() {
            begin(accepted, self.local, &shared);
        }
        Ok(stop(&shared, patience).await)
    }
}

fn begin((stream, peer): (TcpStream, SocketAddr), local: SocketAddr, shared: &Arc<Shared>) {
    // Only a listener for all addresses has to ask which one a client came to.
    let local = if local.ip().is_unspecified() { stream.local_addr().ok() } else { Some(local) };
    spawn(stream, Connection::new(Some(peer)).accepted_on(local), shared);
}

async fn stop(shared: &Shared, patience: Duration) -> Stopped {
    shared.switch.emptied(patience).await;
    shared.switch.advance(Stage::Cutting);
    shared.switch.emptied(CUTTING).await;
    let cut = shared.switch.cut_or_stuck();
    if cut > 0 {
        tracing::warn!(target: "purlin::server", cut, "requests were cut at the deadline");
    }
    Stopped { cut }
}

/// What `future` gives, unless `end` comes first.
async fn until<E: Future, F: Future>(end: &mut Pin<&mut E>, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    std::future::poll_fn(|cx| {
        if end.as_mut().poll(cx).is_ready() {
            return Poll::Ready(None);
        }
        future.as_mut().poll(cx).map(Some)
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_machine_of_a_silent_client_is_looked_after() {
        let server = Server::bind(&ServerConfig::default().port(0)).unwrap();
        let _client = std::net::TcpStream::connect(server.local_addr()).unwrap();
        let (stream, _) = Acceptor::new(server.listener).unwrap().next().await;
        assert!(SockRef::from(&stream).keepalive().unwrap());
    }
}
