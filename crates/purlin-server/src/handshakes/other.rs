use tokio::net::TcpListener;

/// There is no way to let handshakes end and none begin.
pub(crate) fn end(_listener: &TcpListener) -> bool {
    false
}
