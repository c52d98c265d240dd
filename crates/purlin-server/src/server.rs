//! The server: what it listens on, and the application that answers there.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use purlin_core::{Connection, Service};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::accept::Acceptor;
use crate::config::ServerConfig;
use crate::inherit::inherited;
use crate::listen::{BindError, Bound, Door, listen};
use crate::shared::Shared;
use crate::socket::Socket;
use crate::stats::ServerStats;
use crate::switch::Stage;
use crate::task::spawn;
use crate::workers::{Worker, Workers};

/// How long a handshake may take that has begun when the server stops. Closed amid one, a port resets
/// a client that knows itself connected; but who comes in this time asks again after a second only.
const HANDSHAKE: Duration = Duration::from_millis(10);
/// How long connections that are cut may take to notice.
const CUTTING: Duration = Duration::from_secs(1);

/// A server whose ports and sockets are open. Clients may connect already, and are answered by
/// [`serve`](Self::serve).
///
/// They are opened before the application starts, so that one in use is known before anything else
/// happens. See the [crate] for an example.
#[derive(Debug)]
pub struct Server {
    doors: Vec<Door>,
    /// Whether nobody else has them: what a service manager has opened stays open.
    owns_doors: bool,
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
    /// Opens everything that the configuration says. It needs no runtime.
    ///
    /// # Errors
    ///
    /// When an address is in use, not permitted, or not of this machine, or the configuration
    /// contradicts itself; the text of the error is one line that says what to do. Then nothing is
    /// left open.
    pub fn bind(config: &ServerConfig) -> Result<Self, BindError> {
        Ok(Self::of(listen(config)?, true, config))
    }

    /// Serves on a port that somebody else has opened: a service manager, or the server's own
    /// predecessor. What the configuration says about listening is passed over.
    ///
    /// # Errors
    ///
    /// When the listener is none, or the configuration contradicts itself.
    pub fn new(listener: TcpListener, config: &ServerConfig) -> io::Result<Self> {
        Self::on(vec![Door::adopt(listener)?], config)
    }

    /// Serves on the ports and Unix sockets that systemd, or a program like it, has opened for this
    /// process: those that `LISTEN_FDS` counts, where `LISTEN_PID` is this process. Nothing where
    /// there are none. What the configuration says about listening is passed over.
    ///
    /// It takes the variables out of the environment, so that no child finds them; call it before
    /// there are threads that read the environment.
    ///
    /// # Errors
    ///
    /// When one of them is nothing to listen on, or the configuration contradicts itself.
    pub fn inherit(config: &ServerConfig) -> io::Result<Option<Self>> {
        let doors = inherited()?;
        if doors.is_empty() { Ok(None) } else { Self::on(doors, config).map(Some) }
    }

    fn on(doors: Vec<Door>, config: &ServerConfig) -> io::Result<Self> {
        match config.contradiction() {
            Some(what) => Err(io::Error::new(io::ErrorKind::InvalidInput, what)),
            None => Ok(Self::of(doors, false, config)),
        }
    }

    fn of(doors: Vec<Door>, owns_doors: bool, config: &ServerConfig) -> Self {
        for door in &doors {
            door.limit_unsent(config.unsent_limit);
        }
        Self { doors, owns_doors, config: config.clone(), stats: Arc::default() }
    }

    /// What it listens on, in the order of the configuration.
    pub fn bound(&self) -> Vec<Bound> {
        self.doors.iter().map(Door::bound).collect()
    }

    /// The first port that it listens on, as the system has it. A server that listens on files alone
    /// has port 0 of no address.
    pub fn local_addr(&self) -> SocketAddr {
        let port = |door: &Door| match door {
            Door::Tcp(_, local) => Some(*local),
            Door::Unix(_) => None,
        };
        self.doors.iter().find_map(port).unwrap_or((Ipv4Addr::UNSPECIFIED, 0).into())
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
    /// When something cannot be watched, before the first connection. Later, nothing fails.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime with I/O and time, such as [`runtime`](fn@crate::runtime) makes.
    pub async fn serve<S: Future>(self, service: Service, shutdown: S) -> io::Result<Stopped> {
        let patience = self.config.shutdown_timeout.duration();
        let shared = Arc::new(Shared::new(service, &self.config, self.stats));
        let acceptor = Acceptor::new(self.doors, self.owns_doors)?;
        let end = async {
            shutdown.await;
            shared.switch.advance(Stage::Stopping);
        };
        accept(acceptor, &shared, end).await;
        Ok(stop(&shared, patience).await)
    }

    /// As [`serve`](Self::serve), on threads of which each keeps the connections that it accepts.
    ///
    /// Nothing moves between threads, so that a request costs less, and a handler that computes for
    /// long holds up all others of its thread. Whatever waits for `shutdown` may run elsewhere.
    ///
    /// # Errors
    ///
    /// As [`serve`](Self::serve).
    ///
    /// # Panics
    ///
    /// As [`serve`](Self::serve).
    pub async fn serve_on<S: Future>(
        self,
        workers: &Workers,
        service: Service,
        shutdown: S,
    ) -> io::Result<Stopped> {
        let patience = self.config.shutdown_timeout.duration();
        let shared = Arc::new(Shared::new(service, &self.config, self.stats));
        let tasks = begin(workers, self.doors, self.owns_doors, &shared)?;
        shutdown.await;
        shared.switch.advance(Stage::Stopping);
        let begun = Instant::now();
        for task in tasks {
            // A thread that a handler holds does not come to what the others take over.
            let _ = timeout(patience.saturating_sub(begun.elapsed()), task).await;
        }
        Ok(stop(&shared, patience.saturating_sub(begun.elapsed())).await)
    }
}

/// Lets each worker accept. They share what is listened on, so that whoever is free takes a client.
fn begin(
    workers: &Workers,
    doors: Vec<Door>,
    owns_doors: bool,
    shared: &Arc<Shared>,
) -> io::Result<Vec<JoinHandle<()>>> {
    let acceptor = |worker: &Worker| {
        let doors = doors.iter().map(Door::try_clone).collect::<io::Result<_>>()?;
        // A listener belongs to the thread that watches it.
        let _context = worker.handle.enter();
        Acceptor::new(doors, owns_doors)
    };
    let acceptors = workers.iter().map(acceptor).collect::<io::Result<Vec<_>>>()?;
    let tasks = workers.iter().zip(acceptors).map(|(worker, acceptor)| {
        let shared = Arc::clone(shared);
        worker.handle.spawn(async move { accept(acceptor, &shared, shared.switch.stopped()).await })
    });
    Ok(tasks.collect())
}

/// Accepts connections until the end, and those that the system has accepted by then.
async fn accept(mut acceptor: Acceptor, shared: &Arc<Shared>, end: impl Future) {
    let mut end = pin!(end);
    while let Some((socket, connection)) = until(&mut end, acceptor.next()).await {
        // Whoever comes when the server stops is answered, place or not.
        let place = until(&mut end, shared.places.take(&shared.stats)).await;
        connect(socket, connection, shared);
        if place.is_none() {
            break;
        }
    }
    if acceptor.end_handshakes() {
        let mut moment = pin!(sleep(HANDSHAKE));
        while let Some((socket, connection)) = until(&mut moment, acceptor.next()).await {
            connect(socket, connection, shared);
        }
    }
    acceptor.backlog(|(socket, connection)| connect(socket, connection, shared));
}

/// Neither generic nor inlined, so that the protocol is compiled once, here, and not again for each
/// kind of end.
#[inline(never)]
fn connect(socket: Socket, connection: Connection, shared: &Arc<Shared>) {
    spawn(socket, connection, shared);
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

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::net::TcpStream;

    use purlin_core::config::Size;
    use socket2::SockRef;

    use super::*;

    #[test]
    fn the_system_holds_no_more_for_a_client_than_it_may() {
        let config = ServerConfig::default().port(0).unsent_limit(Size::kib(64));
        let server = Server::bind(&config).unwrap();
        let _client = TcpStream::connect(server.local_addr()).unwrap();
        let Door::Tcp(listener, _) = &server.doors[0] else { panic!("it is a port") };
        let mut accepted = listener.accept();
        while accepted.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock) {
            accepted = listener.accept();
        }
        let (stream, _) = accepted.unwrap();
        assert_eq!(SockRef::from(&stream).tcp_notsent_lowat().unwrap(), 64 * 1024);
    }
}
