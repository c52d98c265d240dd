//! Accepts connections, and goes on doing so when the system is short of something.

use std::future::poll_fn;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use purlin_core::Connection;
use tokio::net::{TcpListener, TcpStream};

use crate::handshakes;
use crate::listen::Door;
use crate::socket::Socket;
use crate::unix::{UnixListener, UnixStream};

/// The first pause after an error that is not the client's, and the longest.
const PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Accepts connections, wherever they come in.
pub(crate) struct Acceptor {
    listeners: Vec<Listener>,
    /// Whether nobody else listens on the same.
    owns_listeners: bool,
    /// Which of them is looked at first the next time, so that none keeps others waiting.
    turn: usize,
    trouble: Trouble,
}

/// A client, and what is known of it.
pub(crate) type Accepted = (Socket, Connection);

enum Listener {
    Tcp(TcpListener, SocketAddr),
    Unix(UnixListener),
}

impl Acceptor {
    pub(crate) fn new(doors: Vec<Door>, owns_doors: bool) -> io::Result<Self> {
        let listeners = doors.into_iter().map(Listener::new).collect::<io::Result<_>>()?;
        Ok(Self { listeners, owns_listeners: owns_doors, turn: 0, trouble: Trouble::default() })
    }

    /// The next connection. To drop this future loses none.
    pub(crate) async fn next(&mut self) -> Accepted {
        loop {
            match poll_fn(|cx| self.poll_accept(cx)).await {
                Ok(accepted) => {
                    self.trouble = Trouble::default();
                    return accepted;
                }
                Err(error) => {
                    if let Some(pause) = self.trouble.pause_after(&error) {
                        tokio::time::sleep(pause).await;
                    }
                }
            }
        }
    }

    fn poll_accept(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Accepted>> {
        for _ in 0..self.listeners.len() {
            self.turn = (self.turn + 1) % self.listeners.len();
            let polled = self.listeners[self.turn].poll_accept(cx);
            if polled.is_ready() {
                return polled;
            }
        }
        Poll::Pending
    }

    /// Has ports answer no handshake that begins from here on, and says whether there is one whose
    /// others have to be waited for.
    pub(crate) fn end_handshakes(&self) -> bool {
        let ended = |listener: &Listener| match listener {
            Listener::Tcp(listener, _) => handshakes::end(listener),
            Listener::Unix(_) => false,
        };
        self.owns_listeners && self.listeners.iter().map(ended).fold(false, |any, one| any | one)
    }

    /// Stops listening, and hands on what the system has accepted already.
    pub(crate) fn backlog(self, mut take: impl FnMut(Accepted)) {
        for listener in self.listeners {
            // It ends with an error: that nobody is left, as a rule.
            let _ = listener.backlog(&mut take);
        }
    }
}

impl Listener {
    fn new(door: Door) -> io::Result<Self> {
        Ok(match door {
            Door::Tcp(listener, local) => Self::Tcp(TcpListener::from_std(listener)?, local),
            Door::Unix(door) => Self::Unix(door.watch()?),
        })
    }

    fn poll_accept(&self, cx: &mut Context<'_>) -> Poll<io::Result<Accepted>> {
        Poll::Ready(Ok(match self {
            Self::Tcp(listener, local) => {
                let (stream, peer) = ready!(listener.poll_accept(cx))?;
                of_port(stream, peer, *local)
            }
            Self::Unix(listener) => of_file(ready!(listener.poll_accept(cx))?),
        }))
    }

    fn backlog(self, take: &mut impl FnMut(Accepted)) -> io::Result<()> {
        let (listener, local) = match self {
            Self::Tcp(listener, local) => (listener.into_std()?, local),
            Self::Unix(listener) => return listener.backlog(|stream| take(of_file(stream))),
        };
        loop {
            let accepted = listener.accept();
            match accepted.and_then(|(stream, peer)| Ok((adopted(stream)?, peer))) {
                Ok((stream, peer)) => take(of_port(stream, peer, local)),
                Err(error) if is_of_one_client(error.kind()) => {}
                Err(error) => return Err(error),
            }
        }
    }
}

fn adopted(stream: std::net::TcpStream) -> io::Result<TcpStream> {
    stream.set_nonblocking(true)?;
    TcpStream::from_std(stream)
}

/// Answers are written whole, so that nothing is won by holding back the last segment of one. And
/// an IPv4 client of a listener for both families is an IPv4 client.
fn of_port(stream: TcpStream, peer: SocketAddr, local: SocketAddr) -> Accepted {
    // It fails only for a client that is gone, which the first read tells.
    let _ = stream.set_nodelay(true);
    let peer = SocketAddr::new(peer.ip().to_canonical(), peer.port());
    // Only a listener for all addresses has to ask which one a client came to.
    let local = if local.ip().is_unspecified() { stream.local_addr().ok() } else { Some(local) };
    (Socket::Tcp(stream), Connection::new(Some(peer)).accepted_on(local))
}

fn of_file(stream: UnixStream) -> Accepted {
    (Socket::Unix(stream), Connection::over_unix_socket())
}

/// How often in a row nothing could be accepted.
#[derive(Debug, Default)]
struct Trouble(u32);

impl Trouble {
    /// How long to wait before the next try: not at all when one client is the cause, longer each
    /// time when descriptors or memory have run out. The first time is logged.
    fn pause_after(&mut self, error: &io::Error) -> Option<Duration> {
        if is_of_one_client(error.kind()) {
            return None;
        }
        if self.0 == 0 {
            tracing::error!(target: "purlin::server", %error, "connections cannot be accepted");
        }
        let pause = PAUSE.saturating_mul(1 << self.0.min(10)).min(LONGEST_PAUSE);
        self.0 = self.0.saturating_add(1);
        Some(pause)
    }
}

fn is_of_one_client(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::ConnectionAborted
            | ErrorKind::ConnectionReset
            | ErrorKind::ConnectionRefused
            | ErrorKind::HostUnreachable
            | ErrorKind::Interrupted
            | ErrorKind::NetworkDown
            | ErrorKind::NetworkUnreachable
            | ErrorKind::TimedOut
    )
}

#[cfg(test)]
mod tests {
    use socket2::SockRef;

    use super::*;
    use crate::ServerConfig;
    use crate::listen::{Bound, listen};

    #[test]
    fn a_lack_of_descriptors_makes_pauses_that_grow_to_a_second() {
        let mut trouble = Trouble::default();
        let mut pause = || {
            // EMFILE, on Unix.
            trouble.pause_after(&io::Error::from_raw_os_error(24)).unwrap()
        };
        assert_eq!(pause(), Duration::from_millis(10));
        assert_eq!(pause(), Duration::from_millis(20));
        assert_eq!((0..100).map(|_| pause()).max(), Some(Duration::from_secs(1)));
    }

    #[tokio::test]
    async fn the_machine_of_a_silent_client_is_looked_after() {
        let doors = listen(&ServerConfig::default().port(0)).unwrap();
        let Bound::Tcp(address) = doors[0].bound() else { panic!("it is a port") };
        let _client = std::net::TcpStream::connect(address).unwrap();
        let (socket, _) = Acceptor::new(doors, true).unwrap().next().await;
        let Socket::Tcp(stream) = socket else { panic!("it came to a port") };
        assert!(SockRef::from(&stream).keepalive().unwrap());
    }

    #[test]
    fn a_client_that_leaves_early_makes_no_pause() {
        let error = ErrorKind::ConnectionAborted.into();
        assert_eq!(Trouble::default().pause_after(&error), None);
    }
}
