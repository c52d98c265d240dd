//! What a connection is carried by.

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

/// A two-way stream of bytes: TCP, or memory in tests.
pub(crate) trait Transport: AsyncRead + AsyncWrite + Send + Unpin + 'static {
    /// Makes the end of the stream, which follows, an abrupt one: what was not sent is forgotten,
    /// and the client learns that something is missing.
    fn abort(&self) {}
}

impl Transport for TcpStream {
    fn abort(&self) {
        // A socket that is gone already needs no reset.
        let _ = self.set_zero_linger();
    }
}
