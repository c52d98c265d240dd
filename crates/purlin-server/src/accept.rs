//! Accepts connections, and goes on doing so when the system is short of something.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};

/// The first pause after an error that is not the client's, and the longest.
const PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Accepts connections.
pub(crate) struct Acceptor {
    listener: TcpListener,
    trouble: Trouble,
}

impl Acceptor {
    pub(crate) fn new(listener: std::net::TcpListener) -> io::Result<Self> {
        let listener = TcpListener::from_std(listener)?;
        Ok(Self { listener, trouble: Trouble::default() })
    }

    /// The next connection. To drop this future loses none.
    pub(crate) async fn next(&mut self) -> (TcpStream, SocketAddr) {
        loop {
            match self.listener.accept().await {
                Ok((stream, peer)) => {
                    self.trouble = Trouble::default();
                    return prepared(stream, peer);
                }
                Err(error) => {
                    if let Some(pause) = self.trouble.pause_after(&error) {
                        tokio::time::sleep(pause).await;
                    }
                }
            }
        }
    }

    /// Stops listening, and returns what the system has accepted already.
    pub(crate) fn backlog(self) -> Vec<(TcpStream, SocketAddr)> {
        let mut backlog = Vec::new();
        let Ok(listener) = self.listener.into_std() else { return backlog };
        loop {
            match listener.accept().and_then(|(stream, peer)| Ok((adopted(stream)?, peer))) {
                Ok((stream, peer)) => backlog.push(prepared(stream, peer)),
                Err(error) if is_of_one_client(error.kind()) => {}
                Err(_) => return backlog,
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
fn prepared(stream: TcpStream, peer: SocketAddr) -> (TcpStream, SocketAddr) {
    // It fails only for a client that is gone, which the first read tells.
    let _ = stream.set_nodelay(true);
    (stream, SocketAddr::new(peer.ip().to_canonical(), peer.port()))
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
    use super::*;

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

    #[test]
    fn a_client_that_leaves_early_makes_no_pause() {
        let error = ErrorKind::ConnectionAborted.into();
        assert_eq!(Trouble::default().pause_after(&error), None);
    }
}
